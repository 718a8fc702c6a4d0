package program

import (
	"strings"
	"testing"
)

func TestHttpdServesItsDocuments(t *testing.T) {
	h := newHarbour(t)
	web := h.run("web", "httpd:2.4", nil, nil)
	if got := web.get(80, "/"); got.Status != 200 || got.Body != "<html><body><h1>It works!</h1></body></html>\n" {
		t.Errorf("the first page: %+v", got)
	}
	if got := web.get(80, "/nope"); got.Status != 404 || !strings.Contains(got.Body, "<p>The requested URL was not found on this server.</p>") {
		t.Errorf("no such page: %+v", got)
	}
	for _, want := range []string{"AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using 172.18.", "AH00094: Command line: 'httpd -D FOREGROUND'\n", "\"GET / HTTP/1.1\" 200 45\n", "\"GET /nope HTTP/1.1\" 404 196\n"} {
		if !strings.Contains(web.out.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, web.out.String())
		}
	}
	if status := web.stop(); status != 0 || !strings.Contains(web.out.String(), "AH00492: caught SIGWINCH, shutting down gracefully") {
		t.Errorf("status %d, log\n%s", status, web.out.String())
	}
}

func TestHttpdFollowsItsConfiguration(t *testing.T) {
	h := newHarbour(t)
	web := h.run("web", "httpd:alpine", nil, nil, "true")
	conf, _ := web.fs.ReadFile(apacheConf)
	write := func(text string) {
		if err := web.fs.WriteFile(apacheConf, []byte(text), 0o644, 0, 0); err != nil {
			t.Fatal(err)
		}
	}
	write(strings.Replace(string(conf), "Listen 80", "Listen 8080", 1))
	web.start("httpd-foreground")
	if got := web.get(8080, "/"); got.Status != 200 {
		t.Errorf("the other port: %+v", got)
	}
	_ = web.fs.Remove("/usr/local/apache2/htdocs/index.html")
	if got := web.get(8080, "/"); !strings.Contains(got.Body, "<title>Index of /</title>") {
		t.Errorf("without an index: %+v", got)
	}
	write("liste 80\n")
	if got := web.exec("httpd", "-t"); !strings.Contains(got, "AH00526: Syntax error on line 1 of /usr/local/apache2/conf/httpd.conf:\nInvalid command 'liste', perhaps misspelled") {
		t.Errorf("a wrong word: %q", got)
	}
}
