"""Records `errors.json` again: what the Python SDK makes of failing and unusual responses.

    record_errors.py

Sends each recorded answer to the recorded operation, and writes the outcome: `ok` or the name of the exception, its message and
cause, the number of requests, and the waits between them, which are skipped.
"""

import copy
import json
import logging
import re
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from encord.http.constants import RequestsSettings
from encord.user_client import EncordUserClient

RECORDINGS = Path(__file__).parents[1]
PROJECT = "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3"
IMAGE, VIDEO = "11111111-aaaa-4bbb-8ccc-000000000001", "33333333-aaaa-4bbb-8ccc-000000000003"
ITEM = "e3333333-aaaa-4bbb-8ccc-000000000003"
UUID = re.compile("[0-9a-f]{8}-[0-9a-f-]{27}")
# Exchanges with the responses of successful requests, by call.
GOOD = {
    "GET /v2/public/projects": 44,
    "GET /v2/public/projects/{uuid}": 2,
    "GET /v2/public/ontologies/{uuid}": 3,
    "POST /v2/public/projects/{uuid}/priorities": 37,
    "GET /v2/public/storage/items/{uuid}": 25,
    "PATCH /v2/public/storage/folders/{uuid}/items/{uuid}": 33,
    "POST /v2/public/storage/items/get-bulk": 35,
    "/public/user projectwithuserrole GET": 1,
    "/public labelrow GET": 5,
    "/public labelrow PUT": 7,
    "/public labelrow POST": 13,
    "/public labelworkflowgraphnode POST": 41,
}
# The call of each operation that gets the answer.
OPERATIONS = {
    "v2 GET project": "GET /v2/public/projects/{uuid}",
    "v2 POST priorities": "POST /v2/public/projects/{uuid}/priorities",
    "v2 PATCH item": "PATCH /v2/public/storage/folders/{uuid}/items/{uuid}",
    "v2 POST get-bulk": "POST /v2/public/storage/items/get-bulk",
    "legacy list label rows": "/public labelrowmetadata GET",
    "legacy get labels": "/public labelrow GET",
    "legacy create labels": "/public labelrow PUT",
    "legacy save": "/public labelrow POST",
    "legacy workflow complete": "/public labelworkflowgraphnode POST",
    "legacy get_projects": "/public/user projectwithuserrole GET",
}


def response(number):
    path = next((RECORDINGS / "exchanges").glob(f"{number:02}-*"))
    return json.loads(path.read_text())["response"]["body"]["json"]


class Platform(BaseHTTPRequestHandler):
    """Answers with recorded responses, and the call of the case with its answer."""

    protocol_version = "HTTP/1.1"
    responses = {call: response(number) for call, number in GOOD.items()}
    listings = {IMAGE: response(6), VIDEO: response(4)}
    call, answer, seen = None, None, {}

    def log_message(self, *arguments):
        pass

    def respond(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.split("?")[0]
        if path.startswith("/public"):
            query = json.loads(body)
            call = f"{path} {query['query_type']} {query['query_method']}"
        else:
            call = f"{self.command} {UUID.sub('{uuid}', path)}"
        cls = type(self)
        cls.seen[call] = cls.seen.get(call, 0) + 1
        times = (cls.answer or {}).get("times")
        if cls.answer and call == cls.call and (times is None or cls.seen[call] <= times):
            return self.fail(cls.answer)
        if call == "/public labelrowmetadata GET":
            payload = query["values"]["payload"]
            found = copy.deepcopy(cls.listings[payload["data_hashes"][0]])
            found["response"][0]["branch_name"] = payload.get("branch_name") or "main"
        else:
            found = cls.responses[call]
        self.send(200, {"Content-Type": "application/json"}, json.dumps(found).encode())

    do_GET = do_POST = do_PATCH = respond

    def fail(self, answer):
        action = answer.get("action")
        if action == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            return
        if action == "hang":
            real_sleep(3)
            self.close_connection = True
            return
        is_json = "body" in answer
        body = json.dumps(answer["body"]).encode() if is_json else answer.get("raw", "").encode()
        headers = dict(answer.get("headers", {}))
        if body and "content-type" not in map(str.lower, headers):
            headers["Content-Type"] = "application/json" if is_json else "text/html"
        self.send(answer.get("status", 200), headers, body, cut=action == "truncate")

    def send(self, status, headers, body, cut=False):
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = self.close_connection or cut


class Session:
    """The SDK on a platform that responds well: what operations start from."""

    def __init__(self, domain, timeout=None):
        key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
        settings = {"requests_settings": RequestsSettings(read_timeout=timeout)} if timeout else {}
        self.user = EncordUserClient.create_with_ssh_private_key(ssh_private_key=key, domain=domain, **settings)

    def prepare(self):
        self.project = self.user.get_project(PROJECT)
        self.video, self.labelled = self.rows(VIDEO)[0], self.rows(VIDEO)[0]
        self.labelled.initialise_labels()
        self.item = self.user.get_storage_item(ITEM)
        return self

    def rows(self, data, **filters):
        return self.project.list_label_rows_v2(data_hashes=[data], **filters)

    def run(self, operation):
        {
            "v2 GET project": lambda: self.user.get_project(PROJECT),
            "v2 POST priorities": lambda: self.video.set_priority(0.75),
            "v2 PATCH item": lambda: self.item.update(client_metadata={"a": 1}),
            "v2 POST get-bulk": lambda: self.user.get_storage_items([ITEM]),
            "legacy list label rows": lambda: self.rows(VIDEO),
            "legacy get labels": lambda: self.video.initialise_labels(),
            "legacy create labels": lambda: self.rows(IMAGE, branch_name="x")[0].initialise_labels(),
            "legacy save": lambda: self.labelled.save(),
            "legacy workflow complete": lambda: self.video.workflow_complete(),
            "legacy get_projects": lambda: self.user.get_projects(),
        }[operation]()


def outcome(session, operation, domain):
    """Runs an operation, and returns the members that its end adds to a case."""
    try:
        session.run(operation)
    except Exception as error:  # noqa: BLE001
        text = getattr(error, "message", None)
        text = text if text is not None else str(error)
        found = {"outcome": type(error).__name__}
        found["message"] = text.replace(domain, "http://HOST") if isinstance(text, str) else {"not a string": text}
        if error.__cause__ is not None:
            found["cause"] = type(error.__cause__).__name__
        for name in ("retry_after", "maximum_labels_allowed"):
            if hasattr(error, name):
                found[name] = getattr(error, name)
        return found
    return {"outcome": "ok"}


real_sleep = time.sleep


def main():
    logging.disable(logging.CRITICAL)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    domain = f"http://127.0.0.1:{server.server_port}"
    waits = []
    time.sleep = waits.append
    path = RECORDINGS / "errors.json"
    cases = json.loads(path.read_text())
    for case in cases:
        answer = case["answer"]
        if answer == "connection refused":
            # Nothing listens on this port.
            continue
        Platform.answer = None
        session = Session(domain, timeout=1.0 if answer.get("action") == "hang" else None).prepare()
        Platform.call, Platform.answer, Platform.seen = OPERATIONS[case["operation"]], answer, {}
        waits.clear()
        found = outcome(session, case["operation"], domain)
        kept = {name: case[name] for name in ("operation", "answer", "note") if name in case}
        requests = {"requests": dict(Platform.seen), "sleeps": list(waits)}
        seconds = case["seconds"]
        case.clear()
        case |= {**kept, **found, **requests, "seconds": seconds}
    path.write_text(json.dumps(cases, indent=1, ensure_ascii=False) + "\n")
    print(len(cases), "cases")


if __name__ == "__main__":
    main()
