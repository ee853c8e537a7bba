"""A TLS front for a plain port: python-okx speaks WebSocket over TLS only.

It makes a throw-away certificate for localhost and passes bytes on as they are. The client trusts the
certificate through SSL_CERT_FILE, which Python's ssl module reads by itself.
"""

import asyncio
import os
import ssl
import subprocess
import tempfile
from urllib.parse import urlsplit


class TLSFront:
    def __init__(self, base_url):
        parts = urlsplit(base_url)
        self.target = (parts.hostname, parts.port)
        self.folder = tempfile.mkdtemp(prefix="tls-front-")
        self.certificate = os.path.join(self.folder, "certificate.pem")
        self.key = os.path.join(self.folder, "key.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
            + ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
            + ["-keyout", self.key, "-out", self.certificate],
            check=True,
            capture_output=True,
        )
        os.environ["SSL_CERT_FILE"] = self.certificate

    async def start(self):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, self.key)
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, ssl=context)
        port = self.server.sockets[0].getsockname()[1]
        return f"wss://localhost:{port}"

    async def serve(self, reader, writer):
        there_reader, there_writer = await asyncio.open_connection(*self.target)
        await asyncio.gather(
            self.copy(reader, there_writer), self.copy(there_reader, writer), return_exceptions=True
        )

    @staticmethod
    async def copy(reader, writer):
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        finally:
            writer.close()
