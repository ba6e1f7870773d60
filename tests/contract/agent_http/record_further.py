"""Records `further.json`: requests beside those of the contract's folder, as the Python package answers them.

    AGENT_CONTRACT=FOLDER AGENT_PYTHON=INTERPRETER $AGENT_PYTHON tests/contract/agent_http/record_further.py

The interpreter needs encord-agents, fastapi and uvicorn. The app and the platform behind it are the contract's `tools/`.
"""

import base64
import hashlib
import hmac
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

TOOLS = Path(os.environ["AGENT_CONTRACT"]) / "tools"
SECRET = "whsec_made-up-secret"
PROJECT, VIDEO = "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3", "33333333-aaaa-4bbb-8ccc-000000000003"
EDITOR, OTHER = "https://app.encord.com", "https://google.com"
IMAGE, GROUP = "11111111-aaaa-4bbb-8ccc-000000000001", "22222222-aaaa-4bbb-8ccc-000000000002"
PAYLOAD = {"projectHash": PROJECT, "dataHash": VIDEO, "frame": 0}
WHOLE = json.dumps(PAYLOAD).encode()
CASES = []


def case(group, name, method="POST", path="/frame-data", body=WHOLE, origin=EDITOR, kind="application/json", headers=(), fault=None):
    sent = [] if kind is None else [["Content-Type", kind]]
    sent += [] if origin is None else [["Origin", origin]]
    body = body if isinstance(body, bytes) else body.encode()
    CASES.append((group, name, method, path, sent + [list(header) for header in headers], body, fault))


def preflight(name, asks, origin=EDITOR, path="/frame-data", method="POST"):
    headers = [("Access-Control-Request-Method", method), *asks]
    case("preflight", name, "OPTIONS", path, b"", origin, None, headers)


def with_members(text):
    return WHOLE.decode()[:-1] + ", " + text + "}"


def with_frame(text):
    return json.dumps({"projectHash": PROJECT, "dataHash": VIDEO})[:-1] + ', "frame": ' + text + "}"


def preflights():
    asked, private = "Access-Control-Request-Headers", ("Access-Control-Request-Private-Network", "true")
    for headers in ["x-encord-agent", "traceparent", "content-type,x-encord-agent", "x-encord-agent, x-other", "X-Encord-Agent"]:
        preflight(f"requested headers [{headers}]", [(asked, headers)])
    preflight("x-encord-agent from a refused origin", [(asked, "x-encord-agent")], OTHER)
    preflight("x-encord-agent for PUT", [(asked, "x-encord-agent")], method="PUT")
    preflight("private network", [private])
    preflight("private network and x-encord-agent", [private, (asked, "x-encord-agent")])
    preflight("private network from a refused origin", [private], OTHER)
    preflight("private network for PUT", [private], method="PUT")
    preflight("private network false", [(private[0], "false")])
    preflight("refused origin https://test.encord.com", [], "https://test.encord.com")
    for path in ["/", "/docs", "/nowhere/at/all", "/frame%2Ddata"]:
        preflight(f"on {path}", [], path=path)
    preflight("refused origin on /docs", [], OTHER, "/docs")


def origins():
    for origin, who in [(EDITOR, "allowed"), (OTHER, "refused"), (None, "no"), ("null", "null")]:
        name = who + " origin, "
        case("origin", name + "wrong fields", body='{"projectHash": "x", "frame": -1}', origin=origin)
        case("origin", name + "malformed JSON", body="{", origin=origin)
        case("origin", name + "no body", body=b"", origin=origin)
        case("origin", name + "an array", body="[]", origin=origin)
        case("origin", name + "agent exception", path="/agent-exception", origin=origin)
        case("origin", name + "GET on a route", "GET", body=b"", origin=origin)
        case("origin", name + "frame missing", body=json.dumps({"projectHash": PROJECT, "dataHash": VIDEO}), origin=origin)
        case("origin", name + "frame NaN", body=with_frame("NaN"), origin=origin)
        case("origin", name + "frame of 80 bits", body=with_frame("10000000000000000000000000"), origin=origin)
        case("origin", name + "lone surrogate", body=with_members('"objectHashes": ["\\ud800"]'), origin=origin)
        case("origin", name + "trailing slash", path="/frame-data/", origin=origin)
        case("origin", name + "decision of 257 characters", path="/respond?decision=" + "d" * 257, origin=origin)
        case("origin", name + "unknown object", path="/objects", body=with_members('"objectHashes": ["nowhere1"]'), origin=origin)
        case("origin", name + "frame beyond the video", path="/single-frame", body=with_frame("99"), origin=origin)
        case("origin", name + "pixels", path="/single-frame", origin=origin)
        case("origin", name + "project: HTTP 401", path="/project", origin=origin, fault="project: HTTP 401")
    case("origin", "refused origin, sent as text", kind="text/plain", origin=OTHER)
    case("origin", "refused origin, no type on /no-body", path="/no-body", body=b"", kind=None, origin=OTHER)
    case("origin", "refused origin, text on /no-body", path="/no-body", kind="text/plain", origin=OTHER)
    case("origin", "allowed origin, sent as text", kind="text/plain")
    case("origin", "no origin, sent as text", kind="text/plain", origin=None)


def test_headers():
    group, test, second = "editor test header", "X-Encord-Editor-Agent", "X-Encord-Agent"
    for value in ["", " "]:
        case(group, f"value [{value}]", headers=[(test, value)])
        case(group, f"X-Encord-Agent [{value}]", headers=[(second, value)])
    for origin, who in [(OTHER, "refused"), (None, "no")]:
        case(group, f"{who} origin", origin=origin, headers=[(test, "1")])
        case(group, f"{who} origin on a path that does not exist", path="/nowhere", origin=origin, headers=[(test, "1")])
        case(group, f"{who} origin with X-Encord-Agent", body="{}", origin=origin, headers=[(second, "1")])
    for path in ["/frame-data/", "/", "/docs", "//frame-data", "/Frame-Data", "/frame%2Ddata", "/frame-data%2F"]:
        case(group, f"on {path}", path=path, headers=[(test, "1")])
    for path in ["/nothing", "/respond?message=hi", "/nowhere", "/crash", "/agent-exception", "/no-body"]:
        case(group, f"X-Encord-Agent on {path}", path=path, headers=[(second, "1")])
    case(group, "X-Encord-Agent without a body", body=b"", headers=[(second, "1")])
    case(group, "both", headers=[(test, "1"), (second, "1")])
    case(group, "with a malformed body", body="{", kind="text/plain", headers=[(test, "1")])
    case(group, "GET on a path that does not exist", "GET", "/nowhere", b"", headers=[(test, "1")])
    case(group, "GET /docs", "GET", "/docs", b"", headers=[(test, "1")])


def paths():
    group = "method and path"
    for path in [
        "/frame%2Ddata", "/frame%2ddata", "/%66rame-data", "/frame-dat%61?x=%2F", "/frame-data%2F", "/%2Fframe-data", "/frame%252Ddata",
        "/frame-data%00", "/frame%C0%AFdata", "/frame%FFdata", "/nowhere%2D", "/frame-data%20", "/frame-data%3F", "/./frame-data",
        "/x/../frame-data", "/x/%2E%2E/frame-data", "/%2e/frame-data", "/frame-data;x=1", "/frame-data%", "/frame-data%2", "/frame-data%zz",
    ]:
        case(group, f"POST {path}", path=path)
    case(group, "GET /frame%2Ddata", "GET", "/frame%2Ddata", b"")
    for method, path in [
        ("GET", "/docs"), ("HEAD", "/docs"), ("POST", "/docs"), ("GET", "/docs/oauth2-redirect"), ("HEAD", "/openapi.json"),
        ("POST", "/openapi.json"), ("PUT", "/redoc"), ("GET", "/redoc"), ("HEAD", "/"), ("POST", "/"),
        ("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics"), ("POST", "/healthz"), ("PATCH", "/frame-data"),
        ("OPTIONS", "/nowhere"), ("DELETE", "/nowhere"),
    ]:
        case(group, f"{method} {path} from a page", method, path, b"")
    case(group, "GET /docs", "GET", "/docs", b"", None, None)
    case(group, "GET / ", "GET", "/", b"", None, None)


def bodies():
    for encoding in ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"]:
        case("body", encoding, body=WHOLE.decode().encode(encoding))
    case("body", "utf-16 of another route", path="/nothing", body=WHOLE.decode().encode("utf-16"))
    case("body", "wrong fields in utf-16", body='{"frame": 0}'.encode("utf-16"))
    case("body", "byte order mark alone", body=b"\xef\xbb\xbf")
    case("body", "latin-1", body=with_members('"x": "\u00fc"').encode("latin-1"))
    for frame in [
        "18446744073709551615", "18446744073709551616", '"18446744073709551616"', "true", '"1e3"', "1e3", "Infinity", "-Infinity", "-1E400",
        "9007199254740993.0", "1e17", "9223372036854774784.0", "9223372036854775808.0", "1.8e19", "1e20", "-1", "1.5", "0.99999999999999999999",
    ]:
        case("body", f"frame written {frame}", body=with_frame(frame))
    for members in [
        '"x": NaN', '"x": [Infinity]', '"x": "\\ud800"', '"\\ud800": 1', '"x": 1e999', '"frame": 1, "frame": 2', '"frame": null',
        '"objectHashes": ["a", "\\ud800"]', '"objectHashes": [1, null]', '"x": {"frame": 9}', '"frame_data": null', '"x": "\\u0000"', '"x": "\t"',
    ]:
        case("body", f"member {members}", body=with_members(members))
    case("body", "everything missing but the frame, NaN beside", body='{"frame": 0, "x": NaN}')
    case("body", "frame missing", body=json.dumps({"projectHash": PROJECT, "dataHash": VIDEO}))
    case("body", "frame missing on /nothing", path="/nothing", body=json.dumps({"projectHash": PROJECT, "dataHash": VIDEO}))
    case("body", "frame and data hash missing", body=json.dumps({"projectHash": PROJECT}))
    case("body", "frame null and data hash wrong", body=json.dumps({"projectHash": PROJECT, "dataHash": "x", "frame": None}))
    for depth in [60, 70, 2000]:
        case("body", f"nested {depth} deep", body=with_members('"x": ' + "[" * depth + "]" * depth))
    for text in ["{} {}", "{}\0", "// x\n{}", "{'a': 1}", "undefined", "1", "-", '"\\ud800"', "NaN", "[NaN]"]:
        case("body", f"text {text!r}", body=text)
    case("content type", "malformed JSON as text", body="{", kind="text/plain")
    case("content type", "no JSON and no type", body="hello", kind=None)
    case("content type", "nothing as text", body=b"", kind="text/plain")
    case("content type", "application/json;", kind="application/json;")
    case("content type", "text/json on /nothing", path="/nothing", kind="text/json")
    case("content type", "no type on /no-body", path="/no-body", kind=None, body=b"")


def dependencies():
    nowhere = "99999999-aaaa-4bbb-8ccc-000000000009"
    for path in ["/storage-item", "/single-frame", "/object-crops", "/asset", "/project", "/label-row"]:
        case("dependency", f"unknown data hash on {path} ", path=path, body=json.dumps({**PAYLOAD, "dataHash": nowhere}))
        case("dependency", f"unknown project on {path} ", path=path, body=json.dumps({**PAYLOAD, "projectHash": nowhere}))
    case("dependency", "asset of a video", path="/asset")
    case("dependency", "asset of an image", path="/asset", body=json.dumps({**PAYLOAD, "dataHash": IMAGE}))
    case("dependency", "asset of an image group, no origin", path="/asset", origin=None, body=json.dumps({**PAYLOAD, "dataHash": GROUP}))
    case("dependency", "a known and an unknown object", path="/object-crops", body=with_members('"objectHashes": ["vField01", "nope"]'))
    case("dependency", "no object", path="/object-crops", body=with_members('"objectHashes": []'))
    case("dependency", "no object on /objects", path="/objects", body=with_members('"objectHashes": []'))
    case("dependency", "no selection on /objects", path="/objects")


def platform_errors():
    for fault in [
        "project: HTTP 400", "project: HTTP 409", "project: HTTP 422", "project: HTTP 404", "storage item: HTTP 404", "storage item: HTTP 401",
        "signed URL: HTTP 404", "list label rows: AUTHORISATION_ERROR", "list label rows: AUTHENTICATION_ERROR",
        "list label rows: RESOURCE_NOT_FOUND_ERROR",
    ]:
        thing = fault.split(":")[0]
        path = {"project": "/project", "storage item": "/storage-item", "signed URL": "/single-frame", "list label rows": "/label-row"}[thing]
        case("platform error", fault, path=path, fault=fault)
    case("platform error", "list label rows: AUTHORISATION_ERROR, no origin", path="/label-row", origin=None,
         fault="list label rows: AUTHORISATION_ERROR")


NOTIFICATION = {
    "uid": "0f0e0d0c-0b0a-4908-8706-050403020100", "version": 1, "source": "encord", "event_type": "agent_stage_work_available_event",
    "event_created_timestamp": "2023-11-14T22:13:20+00:00",
    "payload": {"project_hash": PROJECT, "stage_uuid": "a0000002-5c1e-4f3a-9b2d-000000000002", "pending_count": 3,
                "reason": "batch_size_reached"},
}


def notifications():
    whole = json.dumps(NOTIFICATION)

    def count(text):
        return whole.replace('"pending_count": 3', f'"pending_count": {text}')

    def created(value):
        return json.dumps({**NOTIFICATION, "event_created_timestamp": value})

    for text in ["true", "false", "3.0", '" 3 "', '"1_000"', '"3.0"', "3e2", "10000000000000000000000000", "-3.0", '"x"', "[]", "{}", "1E400"]:
        yield f"pending count {text}", count(text)
    for value in ["yesterday", "", "2023-13-45", "1700000000", "2023-11-14 22:13:20", "22:13:20", True, [], {}, 1e30]:
        yield f"event_created_timestamp {value!r}", created(value)
    yield "event_created_timestamp NaN", whole.replace('"2023-11-14T22:13:20+00:00"', "NaN")
    yield "yesterday, and no uid", created("yesterday").replace("uid", "x")
    yield "duplicate uid", whole[:-1] + ', "uid": "00000000-0000-4000-8000-000000000001"}'
    yield "duplicate version", '{"version": 2, ' + whole[1:]
    yield "duplicate event type", '{"event_type": "x", ' + whole[1:]
    yield "duplicate pending count", whole.replace('"pending_count": 3', '"pending_count": 9, "pending_count": 3')
    yield "duplicate payload", '{"payload": null, ' + whole[1:]
    yield "duplicate unknown member", '{"x": 1, "x": 2, ' + whole[1:]
    for value in [None, "x", 5, [], [PROJECT, PROJECT, 3, "x"], {}]:
        yield f"payload {value!r}", json.dumps({**NOTIFICATION, "payload": value})
    for value in ["x", 5, None, "0f0e0d0c0b0a49088706050403020100", "urn:uuid:0f0e0d0c-0b0a-4908-8706-050403020100",
                  "{0f0e0d0c-0b0a-4908-8706-050403020100}", " 0f0e0d0c-0b0a-4908-8706-050403020100"]:
        yield f"uid {value!r}", json.dumps({**NOTIFICATION, "uid": value})
    for value in [5, True, "", "x" * 300]:
        yield f"source {value!r:.20}", json.dumps({**NOTIFICATION, "source": value})
    for encoding in ["utf-16", "utf-16-be", "utf-32", "utf-8-sig"]:
        yield f"in {encoding}", whole.encode(encoding)
    yield "NaN in an unknown member", '{"x": NaN, ' + whole[1:]
    yield "lone surrogate in an unknown member", '{"x": "\\ud800", ' + whole[1:]
    yield "lone surrogate in the source", json.dumps({**NOTIFICATION, "source": "\ud800"})
    yield "invalid utf-8", b'{"x": "\xff", ' + whole[1:].encode()
    yield "nothing", b""
    yield "a number", "5"
    yield "trailing comma", whole[:-1] + ",}"
    yield "version 1.0", whole.replace('"version": 1', '"version": 1.0')
    yield "version false", whole.replace('"version": 1', '"version": false')


def exchange(port, method, path, headers, body):
    sent = f"{method} {path} HTTP/1.1\r\nHost: agent.test\r\nConnection: close\r\n"
    sent += "".join(f"{name}: {value}\r\n" for name, value in headers) + f"Content-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
        connection.sendall(sent.encode() + body)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    head, _, text = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    left_out = ("date", "server", "connection")
    told = [line.split(": ", 1) for line in lines if line.split(":")[0].lower() not in left_out]
    return {"status": int(first.split()[1]), "headers": told, "body_text": text.decode()}


def rule(fault):
    if fault is None:
        return None
    thing, what = fault.split(": ", 1)
    if thing == "list label rows":
        return {"match": {"query_type": "labelrowmetadata"}, "body": {"status": 401, "response": [what]}}
    path = {"project": "/v2/public/projects/[^/]+$", "storage item": "/v2/public/storage/items/", "signed URL": "/media/"}[thing]
    body = {"message": f"No access to this {thing.removeprefix('storage ')}."}
    return {"match": {"path": path}, "status": int(what.removeprefix("HTTP ")), "body": body}


def control(port, what, body=None):
    url = f"http://127.0.0.1:{port}/__stub__/{what}"
    data = b"" if body is None else json.dumps(body).encode()
    urllib.request.urlopen(urllib.request.Request(url, data=data, method="POST")).read()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def record(app, platform):
    cases = []
    for group, name, method, path, headers, body, fault in CASES:
        control(platform, "reset")
        if fault is not None:
            control(platform, "faults", rule(fault))
        answer = exchange(app, method, path, headers, body)
        answer["body_text"] = answer["body_text"].replace(f"http://127.0.0.1:{platform}", "http://STUB")
        request = {"method": method, "path": path, "headers": headers, "body_base64": base64.b64encode(body).decode()}
        cases.append({"group": group, "name": name, "fault": fault, "request": request, "fastapi": answer})
    control(platform, "reset")
    told = []
    for name, body in notifications():
        body = body if isinstance(body, bytes) else body.encode()
        now = str(int(time.time()))
        signature = hmac.new(SECRET.encode(), now.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers = [["Content-Type", "application/json"], ["X-Encord-Timestamp", now], ["X-Encord-Signature", signature]]
        answer = exchange(app, "POST", "/task-ready", headers, body)
        text = answer["body_text"]
        json_type = ["content-type", "application/json"] in answer["headers"]
        response = {"status": answer["status"], "body": {"json": json.loads(text)} if json_type else {"text": text}}
        told.append({"name": name, "secret": SECRET, "now": float(now), "headers": headers,
                     "body_base64": base64.b64encode(body).decode(), "http_response": response})
    return {"cases": cases, "notifications": told}


def main():
    for part in [preflights, origins, test_headers, paths, bodies, dependencies, platform_errors]:
        part()
    with tempfile.TemporaryDirectory() as folder:
        key = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption())
        platform, app = free_port(), free_port()
        environment = {**os.environ, "ENCORD_SSH_KEY": key.decode(), "ENCORD_WEBHOOK_SECRET": SECRET, "NO_PROXY": "*",
                       "ENCORD_DOMAIN": f"http://127.0.0.1:{platform}", "TMPDIR": folder, "PYTHONDONTWRITEBYTECODE": "1"}
        stub = [sys.executable, str(TOOLS / "stub_platform.py"), "--port", str(platform)]
        served = [sys.executable, "-m", "uvicorn", "--app-dir", str(TOOLS), "--port", str(app), "--log-level", "critical", "peer_app:app"]
        processes = [subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) for command in (stub, served)]
        try:
            for _ in range(600):
                try:
                    exchange(app, "POST", "/no-body", [], b"")
                    break
                except OSError:
                    time.sleep(0.1)
            recording = record(app, platform)
        finally:
            for process in processes:
                process.terminate()
                process.wait()
    path = Path(__file__).with_name("further.json")
    lines = {key: ",\n".join(json.dumps(entry) for entry in entries) for key, entries in recording.items()}
    path.write_text("{\n" + ",\n".join(f'"{key}": [\n{text}\n]' for key, text in lines.items()) + "\n}\n")
    print(len(recording["cases"]), "requests and", len(recording["notifications"]), "notifications in", path.name)


if __name__ == "__main__":
    main()
