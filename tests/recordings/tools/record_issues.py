"""Records `issues.json`: the requests of the Python SDK about issues, and what it makes of the responses.

    record_issues.py

Serves the recorded project, its agent task, and the responses below. The same bytes in each run.
"""

import json
import logging
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from encord.issues.issue_client import IssueFrameRange
from encord.user_client import EncordUserClient

RECORDINGS = Path(__file__).parents[1]
PROJECT = "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3"
ISSUE = "15500000-0000-4000-8000-{:012}"
TAG = {"name": "qa", "uuid": "7a600000-0000-4000-8000-000000000001"}
COMMENT = {"content": "Check this.", "authorEmail": "agent@example.test", "createdAt": "2024-05-01T10:00:00Z"}
RESOLVED = {"isResolved": True, "createdAt": "2024-05-01T11:00:00Z", "actorEmail": None}


def response(number):
    path = next((RECORDINGS / "exchanges").glob(f"{number:02}-*"))
    return json.loads(path.read_text())["response"]["body"]["json"]


class Platform(BaseHTTPRequestHandler):
    """Responds with the recorded project, and to requests about issues with the response of the case."""

    protocol_version = "HTTP/1.1"
    answers, seen = [], []

    def log_message(self, *arguments):
        pass

    def respond(self):
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        cls = type(self)
        if "/issue" in self.path:
            request = {"method": self.command, "target": self.path}
            if text:
                request |= {"contentType": self.headers.get("Content-Type"), "body": text}
            answer = cls.answers[min(len(cls.seen), len(cls.answers) - 1)]
            cls.seen.append({"request": request, "response": answer})
        elif "/tasks" in self.path:
            answer = {"status": 200, "body": response(39)}
        elif "/ontologies/" in self.path:
            answer = {"status": 200, "body": response(3)}
        else:
            answer = {"status": 200, "body": response(2)}
        body = json.dumps(answer["body"]).encode() if "body" in answer else b""
        self.send_response_only(answer["status"])
        self.send_header("Content-Type", "application/json")
        if answer["status"] != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = respond


def issue(number, kind, **members):
    base = {"uuid": ISSUE.format(number), "type": kind, "dataUuid": members.pop("data")}
    return base | {"comments": [COMMENT], "tags": [TAG], "resolutionHistory": []} | members


def cases(project, task):
    data = str(task.data_hash)
    coordinate = {"x": 0.25, "y": 0.5}
    listed = [
        issue(1, "dataUnit", data=data, spaceId=None),
        issue(2, "frame", data=data, frameIndex=3, spaceId=None),
        issue(3, "frameCoordinate", data=data, frameIndex=3, coordinate=coordinate, spaceId=None),
        issue(4, "sceneCoordinate", data=data, frameIndex=0, coordinate={"x": 1.5, "y": -2.0, "z": 0.5}),
        issue(5, "frameRange", data=data, frameRanges=[{"start": 2, "end": 4}], spaceId="front"),
        issue(6, "annotation", data=data, annotationId="Ab12Cd34", spaceId=None, frameRanges=None),
        issue(7, "annotation", data=data, annotationId="Ab12Cd34", spaceId=None, frameRanges=[{"start": 2, "end": 2}]),
        issue(8, "dataUnit", data=data, resolutionHistory=[RESOLVED], comments=[], tags=[]),
    ]
    null, done = {"status": 200, "body": None}, {"status": 204}
    page = lambda results, token: {"status": 200, "body": {"results": results, "nextPageToken": token}}
    issues = task.issues
    tags = ["qa", "ü b"]
    yield "add_file_issue(comment, tags)", lambda: issues.add_file_issue("Check this.", tags), [null]
    yield "add_file_issue in a space", lambda: issues.add_file_issue("Check this.", [], space_id="front"), [null]
    yield "add_file_issue with an empty comment", lambda: issues.add_file_issue("", []), [null]
    yield "add_frame_issue(3)", lambda: issues.add_frame_issue(3, "Check this.", []), [null]
    yield "add_coordinate_issue(3, 0.25, 0.5)", lambda: issues.add_coordinate_issue(3, 0.25, 0.5, "Check.", []), [null]
    yield "add_coordinate_issue outside the frame", lambda: issues.add_coordinate_issue(-1, 12, -3, "Check.", []), [null]
    yield "add_scene_coordinate_issue", lambda: issues.add_scene_coordinate_issue(0, 1.5, -2, 0.5, "Check.", []), [null]
    yield "add_annotation_issue", lambda: issues.add_annotation_issue("Ab12Cd34", "Check.", ["qa"]), [null]
    ranges = [IssueFrameRange(start=2, end=4), IssueFrameRange(start=7, end=7)]
    on_frames = lambda ranges: lambda: issues.add_annotation_issue("Ab12Cd34", "Check.", [], frame_ranges=ranges)
    yield "add_annotation_issue on frames", on_frames(ranges), [null]
    yield "add_annotation_issue without a range", on_frames([]), [null]
    yield "add_annotation_issue with an inverted range", on_frames([IssueFrameRange(start=4, end=2)]), [null]
    yield "add_file_issue, 204", lambda: issues.add_file_issue("Check this.", []), [done]
    yield "add_file_issue, 200 without a body", lambda: issues.add_file_issue("Check this.", []), [{"status": 200}]
    yield "add_file_issue, 201", lambda: issues.add_file_issue("Check this.", []), [{"status": 201, "body": None}]
    for status in (400, 403, 404, 422):
        answer = {"status": status, "body": {"message": "No."}}
        yield f"add_file_issue, {status}", lambda: issues.add_file_issue("Check this.", []), [answer]
    lost = [{"status": 500, "body": {"message": "Lost."}}, null]
    yield "add_file_issue, 500 and then 200", lambda: issues.add_file_issue("Check this.", []), lost
    yield "list()", lambda: list(issues.list()), [page(listed, None)]
    yield "list() of two pages", lambda: list(issues.list()), [page(listed[:1], "a+b/c="), page(listed[1:2], None)]
    yield "list() of nothing", lambda: list(issues.list()), [{"status": 200, "body": {"results": []}}]
    yield "list() with an unknown member", lambda: list(issues.list()), [page([listed[0] | {"later": 1}], None)]
    yield "list() with an unknown type", lambda: list(issues.list()), [page([listed[0] | {"type": "later"}], None)]
    for member in ("uuid", "type", "dataUuid", "comments", "tags", "resolutionHistory", "spaceId"):
        without = {name: value for name, value in listed[0].items() if name != member}
        yield f"list() without `{member}`", lambda: list(issues.list()), [page([without], None)]
    no_author = listed[0] | {"comments": [COMMENT | {"authorEmail": None}]}
    yield "list() with a comment without an author", lambda: list(issues.list()), [page([no_author], None)]
    yield "list(), 403", lambda: list(issues.list()), [{"status": 403, "body": {"message": "No."}}]
    first, second = UUID(ISSUE.format(1)), UUID(ISSUE.format(2))
    yield "delete([uuid, uuid])", lambda: issues.delete([first, second]), [null]
    yield "delete([])", lambda: issues.delete([]), [null]
    yield "delete, 403", lambda: issues.delete([first]), [{"status": 403, "body": {"message": "Not the author."}}]
    yield "get_issue_tags()", lambda: list(project.get_issue_tags()), [page([TAG], None)]
    yield "add_issue_tags(names)", lambda: project.add_issue_tags(["qa", "later"]), [null]


def outcome(call):
    """Runs a call, and returns the members that describe how it ended."""
    try:
        result = call()
    except Exception as error:  # noqa: BLE001
        return {"outcome": type(error).__name__, "message": str(getattr(error, "message", error)).split("\n")[0]}
    read = {"read": [type(found).__name__ for found in result]} if result is not None else {}
    return {"outcome": "ok"} | read


def main():
    logging.disable(logging.CRITICAL)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    time.sleep = lambda seconds: None
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
    domain = f"http://127.0.0.1:{server.server_port}"
    user = EncordUserClient.create_with_ssh_private_key(ssh_private_key=key, domain=domain)
    project = user.get_project(PROJECT)
    stage = next(stage for stage in project.workflow.stages if stage.stage_type == "AGENT")
    task = next(iter(stage.get_tasks()))
    recorded = []
    for note, call, answers in cases(project, task):
        Platform.answers, Platform.seen = answers, []
        found = outcome(call)
        recorded.append({"call": note, "exchanges": list(Platform.seen), **found})
    text = json.dumps(recorded, indent=1, ensure_ascii=False)
    (RECORDINGS / "issues.json").write_text(text + "\n")
    print(len(recorded), "calls")


if __name__ == "__main__":
    main()
