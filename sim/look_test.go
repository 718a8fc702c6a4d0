package sim_test

import (
	"strings"
	"testing"
)

// counter is a page that counts who asks for it, in Python's web server and in Go's.
const counter = `
machines: [laptop]
images: ["python:3.12-slim", "nginx:alpine"]
files:
  count.py: |
    import http.server

    class Page(http.server.BaseHTTPRequestHandler):
        seen = 0

        def do_GET(self):
            Page.seen += 1
            self.send_response(200)
            self.end_headers()
            self.wfile.write(f"visit {Page.seen}\n".encode())

    http.server.HTTPServer(("", 8000), Page).serve_forever()
  gate.conf: |
    server {
      listen 80;
      location / { proxy_pass http://count:8000; }
    }
setup:
  - docker network create net
  - docker run -d --name count --network net -p 8000:8000 -v ./count.py:/count.py python:3.12-slim python /count.py
  - docker run -d --name gate --network net -p 80:80 -v ./gate.conf:/etc/nginx/conf.d/default.conf nginx:alpine
`

// A goal that asks for a page must not be what the learner then sees counted.
func TestALookAtAPageChangesNothing(t *testing.T) {
	s := open(t, counter)
	s.Settle()
	for _, url := range []string{"http://localhost:8000/", "http://localhost/"} {
		before := fingerprint(t, s)
		for range 2 {
			if r := s.HTTP("laptop", url); !r.OK || r.Body != "visit 1\n" {
				t.Fatalf("%s: %+v", url, r)
			}
		}
		if after := fingerprint(t, s); after != before {
			t.Fatalf("asking for %s left a trace:\n%s", url, after)
		}
	}
	if r := s.Exec("laptop", "curl -s localhost"); r.Stdout != "visit 1\n" {
		t.Fatalf("the first visitor is told %q", r.Stdout)
	}
	if logs := s.Exec("laptop", "docker logs count").Output; strings.Count(logs, "GET /") != 1 {
		t.Fatalf("one visit, and the log says:\n%s", logs)
	}
}
