"""Stands between a client and a node, and says what fees are: on regtest nobody else bids."""
import http.client
import http.server
import json
import threading


class FeeMarket:
    """Hands every call on to the node but `estimatesmartfee`, which it answers itself."""

    def __init__(self, node_port):
        self.rate = 5  # satoshi for a virtual byte
        market = self

        class Door(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                call = json.loads(body)
                if call.get("method") == "estimatesmartfee":
                    return self.answer(200, json.dumps({
                        "id": call.get("id"), "error": None,
                        "result": {"feerate": market.rate / 100_000, "blocks": 2}}).encode())
                node = http.client.HTTPConnection("127.0.0.1", node_port, timeout=600)
                try:
                    node.request("POST", "/", body, {"Authorization": self.headers.get("Authorization", "")})
                    reply = node.getresponse()
                    status, content = reply.status, reply.read()
                except (OSError, http.client.HTTPException):
                    # As the node would: there is nobody.
                    self.close_connection = True
                    return None
                finally:
                    node.close()
                return self.answer(status, content)

            def answer(self, status, content):
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # a client that was killed

        self.server = Server(("127.0.0.1", 0), Door)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def start(self):
        self.thread.start()

    def stop(self):
        if self.thread.is_alive():
            self.server.shutdown()
        self.server.server_close()
