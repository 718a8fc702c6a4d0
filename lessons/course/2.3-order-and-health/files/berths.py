import http.server
import socket
import sys

try:
    socket.create_connection(("db", 5432), timeout=2).close()
except OSError as error:
    sys.exit(f"The database does not answer: {error}")


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"Berths: 12 of 40 are free.\n")


print("The database answers. Serving on port 8000.")
http.server.HTTPServer(("", 8000), Page).serve_forever()
