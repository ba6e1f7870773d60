"""Issues by the real Python SDK against a local platform, which ENCORD_DOMAIN and ENCORD_SSH_KEY name.

    issues.py write     creates an issue of every kind, lists and deletes
    issues.py read      prints the issues of the first agent task, one JSON object per line
"""

import json
import os
import sys

from encord.exceptions import EncordException
from encord.issues.issue_client import (
    AnnotationIssue, CoordinateIssue, FileIssue, FrameIssue, IssueFrameRange, SceneCoordinateIssue,
)
from encord.user_client import EncordUserClient

client = EncordUserClient.create_with_ssh_private_key(
    ssh_private_key=os.environ["ENCORD_SSH_KEY"], domain=os.environ["ENCORD_DOMAIN"]
)
[found] = client.get_projects()
project = client.get_project(found["project"].project_hash)
tasks = [task for stage in project.workflow.stages if hasattr(stage, "get_tasks") for task in stage.get_tasks()]
issues = tasks[0].issues


def write():
    issues.add_file_issue("The file.", ["qa"])
    issues.add_frame_issue(3, "Frame 3.", [])
    issues.add_coordinate_issue(3, 0.25, 0.5, "Here.", [])
    issues.add_scene_coordinate_issue(0, 1.5, -2, 0.5, "There.", [])
    issues.add_annotation_issue("Ab12Cd34", "The object.", [])
    issues.add_annotation_issue("Ab12Cd34", "On two frames.", [], frame_ranges=[IssueFrameRange(start=2, end=3)])
    listed = list(issues.list())
    kinds = [FileIssue, FrameIssue, CoordinateIssue, SceneCoordinateIssue, AnnotationIssue, AnnotationIssue]
    assert [type(issue) for issue in listed] == kinds, listed
    assert [issue.comments[0].content for issue in listed][:2] == ["The file.", "Frame 3."]
    assert [tag.name for tag in listed[0].tags] == ["qa"] and not listed[0].resolution_history
    assert (listed[2].frame_index, listed[2].coordinate.x, listed[2].coordinate.y) == (3, 0.25, 0.5)
    assert listed[3].coordinate.z == 0.5 and listed[4].frame_ranges is None
    assert (listed[5].frame_ranges[0].start, listed[5].frame_ranges[0].end) == (2, 3)
    issues.delete([listed[0], listed[1].uuid])
    assert [issue.uuid for issue in issues.list()] == [issue.uuid for issue in listed[2:]]
    for wrong in (lambda: issues.delete([listed[2], listed[0]]), lambda: issues.add_frame_issue(99, "No frame.", [])):
        try:
            wrong()
        except EncordException:
            continue
        raise AssertionError("no error")
    assert len(list(issues.list())) == 4
    project.add_issue_tags(["qa", "later"])
    assert [tag.name for tag in project.get_issue_tags()] == ["later", "qa"]


def read():
    for issue in issues.list():
        print(json.dumps(issue.to_dict()))


{"write": write, "read": read}[sys.argv[1]]()
