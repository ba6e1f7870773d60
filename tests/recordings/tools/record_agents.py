"""Records the responses of the Python agents again, for the requests in the recordings.

    recorded_platform PYTHON record_agents.py

Writes the responses of the FastAPI app in `agent-http.json` and `agent-http-further.json`, and `peer-requests.json`. The platform is
the one of `recorded_platform.rs`, whose admin interface restores the project before each request.
"""

import base64
import hashlib
import hmac
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

RECORDINGS = Path(__file__).parents[1]
PLATFORM = os.environ["ENCORD_DOMAIN"]
PROJECT = "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3"
DATA = {"image": "11111111-aaaa-4bbb-8ccc-000000000001", "img_group": "22222222-aaaa-4bbb-8ccc-000000000002",
        "video": "33333333-aaaa-4bbb-8ccc-000000000003"}
# Headers that differ between runs.
LEFT_OUT = ("date", "server", "connection")
LEGACY = {"list label rows": "labelrowmetadata GET", "get label rows": "labelrow GET", "create label rows": "labelrow PUT",
          "save label rows": "labelrow POST", "move tasks": "labelworkflowgraphnode POST"}


def admin(method, path, body=None):
    data = None if method == "GET" else json.dumps(body or {}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{PLATFORM}/admin/{path}", data=data, headers=headers, method=method)
    return json.loads(urllib.request.urlopen(request).read())


def fault(name):
    """The fault of the platform that a recording names, such as `project: HTTP 404`."""
    resource, failure = name.split(": ", 1)
    if resource == "list label rows":
        answer = {"status": 200, "body": json.dumps({"status": 401, "response": [failure]})}
        return {"kind": resource, "effect": {"answer": answer}}
    body = {"message": f"No access to this {resource.removeprefix('storage ')}."}
    if failure.endswith(" whose detail is a list"):
        body = {"detail": [{"msg": "x"}]}
    answer = {"status": int(failure.removeprefix("HTTP ")[:3]), "body": json.dumps(body)}
    return {"kind": resource.replace("signed URL", "download"), "effect": {"answer": answer}}


def body_of(request):
    """The body of a request. Of a large one, length and beginning are recorded."""
    length, start = request.get("body_bytes"), request.get("body_starts", "")
    if length is None:
        return base64.b64decode(request["body_base64"] or "")
    opening, closing = ('"extra": "', '"}') if start.startswith("{") else ("", "")
    return (start + opening + "x" * (length - len(start) - len(opening) - len(closing)) + closing).encode()


def message(method, path, headers, body, framing=None):
    lines = [f"{method} {path} HTTP/1.1", "Host: agent.test", *(f"{name}: {value}" for name, value in headers)]
    if framing is None:
        lines.append(f"Content-Length: {len(body)}")
    elif framing.startswith("chunks of"):
        size = int(framing.split()[2])
        lines.append("Transfer-Encoding: chunked")
        chunks = [body[start : start + size] for start in range(0, len(body), size)]
        body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    elif framing.startswith("Content-Length: "):
        lines.append(framing)
    lines.append("Connection: close")
    return "\r\n".join([*lines, "", ""]).encode() + body


def exchange(port, sent):
    """Sends a request, and returns status, headers and body of the response."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
        connection.sendall(sent)
        while part := connection.recv(1 << 16):
            received += part
    head, _, body = received.partition(b"\r\n\r\n")
    while head.startswith(b"HTTP/1.1 1"):
        # An interim response, such as 100 Continue.
        head, _, body = body.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = [line.split(": ", 1) for line in lines]
    return int(first.split()[1]), [header for header in headers if header[0].lower() not in LEFT_OUT], body.decode()


def record_requests(port, recording):
    for case in recording["cases"]:
        admin("POST", "reset")
        name = case.get("fault") or (case["name"] if case["group"] == "platform error" else None)
        if name:
            admin("POST", "faults", fault(name))
        request = case["request"]
        sent = message(request["method"], request["path"], request["headers"], body_of(request), request.get("framing"))
        status, headers, body = exchange(port, sent)
        case["fastapi"] |= {"status": status, "headers": headers, "body_text": body.replace(PLATFORM, "http://STUB")}


def record_notifications(port, recording):
    admin("POST", "reset")
    for case in recording["notifications"]:
        now, body = str(int(time.time())), base64.b64decode(case["body_base64"])
        signature = hmac.new(case["secret"].encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
        signed = {"X-Encord-Timestamp": now, "X-Encord-Signature": signature}
        case["now"] = float(now)
        case["headers"] = [[name, signed.get(name, value)] for name, value in case["headers"]]
        status, headers, text = exchange(port, message("POST", "/task-ready", case["headers"], body))
        is_json = any(value == "application/json" for _, value in headers)
        case["http_response"] = {"status": status, "body": {"json": json.loads(text)} if is_json else {"text": text}}


def line(call):
    """A call of the platform as `peer-requests.json` has it."""
    if call["kind"] == "download":
        return "GET /media/" + call["target"].split("?")[0].rsplit("/", 1)[1]
    return " ".join(filter(None, [call["method"], call["target"], LEGACY.get(call["kind"])]))


def record_calls(port, recording):
    for entry in recording:
        admin("POST", "reset")
        payload = {"projectHash": PROJECT, "dataHash": DATA[entry["data"]], "frame": entry["frame"]}
        if entry["object_hashes"] is not None:
            payload["objectHashes"] = entry["object_hashes"]
        sent = message("POST", entry["route"], [["Content-Type", "application/json"]], json.dumps(payload).encode())
        status, headers, text = exchange(port, sent)
        is_json = any(value == "application/json" for _, value in headers)
        calls = admin("GET", "calls")
        entry |= {"status": status, "body": json.loads(text.replace(PLATFORM, "http://STUB")) if is_json else text}
        entry |= {"platform_requests": [line(call) for call in calls], "all_statuses": [call["status"] for call in calls]}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def serve():
    """Starts the app, and returns its process and port when it responds. `httptools` is the parser of the recordings."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "agent_app:app", "--app-dir", str(Path(__file__).parent), "--port", str(port)]
    environment = {**os.environ, "NO_PROXY": "*", "PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.Popen([*command, "--http", "httptools", "--log-level", "critical"], env=environment)
    for _ in range(600):
        try:
            exchange(port, message("POST", "/no-body", [], b""))
            return process, port
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the app does not start")


def update(name, record, *arguments):
    """Records a file again, in its format."""
    path = RECORDINGS / name
    recording = json.loads(path.read_text())
    for step in record:
        step(*arguments, recording)
    path.write_text(json.dumps(recording, indent=1, ensure_ascii=False) + "\n")
    print(name)


def main():
    process, port = serve()
    try:
        update("agent-http.json", [record_requests], port)
        update("agent-http-further.json", [record_requests, record_notifications], port)
        update("peer-requests.json", [record_calls], port)
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
