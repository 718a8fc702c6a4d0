import http.server
import socket

name = socket.gethostname()


class Window(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"Ticket sold at window {name}\n".encode())


http.server.HTTPServer(("", 8000), Window).serve_forever()
