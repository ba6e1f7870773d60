"""Read calls of the real Python SDK against a local platform, which ENCORD_DOMAIN and ENCORD_SSH_KEY name.

A call that the local platform has must give its result; any other must say by its name that it is not supported.
"""

import os
import uuid
from datetime import datetime, timedelta, timezone

from encord.exceptions import EncordException
from encord.user_client import EncordUserClient

client = EncordUserClient.create_with_ssh_private_key(
    ssh_private_key=os.environ["ENCORD_SSH_KEY"], domain=os.environ["ENCORD_DOMAIN"])
[found] = client.get_projects()
PROJECT = found["project"].project_hash
project = client.get_project(PROJECT)
[dataset_info] = project.list_datasets()
dataset = client.get_dataset(dataset_info.dataset_hash)
rows = project.list_label_rows_v2()
row = next(row for row in rows if row.data_title == "street.bmp")
row.initialise_labels()
item = client.get_storage_item(row.backing_item_uuid)
since = datetime.now(timezone.utc) - timedelta(days=1)
stages = {stage.title: stage for stage in project.workflow.stages}


def everything(value):
    return list(value) if hasattr(value, "__iter__") and not isinstance(value, (str, dict)) else value


SUPPORTED = {
    "project.label_rows": lambda: [r["data_title"] for r in project.label_rows],
    "project.get_project": lambda: project.get_project().editor_ontology["objects"],
    "project.get_project_ontology": lambda: [o.name for o in project.get_project_ontology().ontology_objects],
    "project.ontology": lambda: project.ontology["objects"],
    "project.datasets": lambda: project.datasets,
    "project.status": lambda: project.status,
    "project.user_role": lambda: project.user_role.name,
    "project.project_type": lambda: project.project_type,
    "project.refetch_data": lambda: project.refetch_data() or True,
    "project.refetch_ontology": lambda: project.refetch_ontology() or True,
    "project.list_users": lambda: project.list_users(),
    "project.list_branches": lambda: project.list_branches(),
    "project.list_label_rows": lambda: project.list_label_rows(),
    "project.get_label_row": lambda: project.get_label_row(row.label_hash),
    "project.get_label_rows": lambda: project.get_label_rows([row.label_hash]),
    "dataset.title": lambda: dataset.title,
    "dataset.list_data_rows": lambda: [r.title for r in dataset.list_data_rows()],
    "dataset.list_data_rows by title": lambda: [r.title for r in dataset.list_data_rows(title_eq="street.bmp")],
    "dataset.data_rows": lambda: [(r.uid, r.title, r.created_at, r.width, r.data_type) for r in dataset.data_rows],
    "dataset.get_dataset": lambda: dataset.get_dataset(),
    "dataset.refetch_data": lambda: dataset.refetch_data() or True,
    "ontology": lambda: client.get_ontology(project.ontology_hash).structure.objects,
    "client.get_ontologies": lambda: client.get_ontologies(),
    "client.list_projects": lambda: client.list_projects(),
    "client.get_storage_items": lambda: client.get_storage_items([item.uuid]),
    "item.get_signed_url": lambda: item.get_signed_url(),
    "item.refetch_data": lambda: item.refetch_data() or True,
    "tasks": lambda: [t for s in stages.values() for t in s.get_tasks()],
    "task by title": lambda: stages["Annotate 1"].get_tasks(data_title="street"),
    "row.workflow_graph_node": lambda: row.workflow_graph_node.title,
    "row.get_validation_errors": lambda: row.get_validation_errors() is None,
}

UNSUPPORTED = {
    "folder.list_items": lambda: client.get_storage_folder(item.parent_folder_uuid).list_items(),
    "item.parent_folder": lambda: item.parent_folder().name,
    "client.get_datasets": lambda: client.get_datasets(),
    "dataset.list_users": lambda: dataset.list_users(),
    "project.get_data": lambda: project.get_data(row.data_hash),
    "project.list_groups": lambda: project.list_groups(),
    "project.get_label_logs": lambda: project.get_label_logs(from_unix_seconds=0),
    "project.list_collections": lambda: project.list_collections(),
    "project.list_collaborator_timers": lambda: project.list_collaborator_timers(since),
    "project.list_time_spent": lambda: project.list_time_spent(since),
    "project.get_task_actions": lambda: project.get_task_actions(after=since),
    "project.get_editor_logs": lambda: project.get_editor_logs(start_time=since, end_time=datetime.now(timezone.utc)),
    "dataset.list_groups": lambda: dataset.list_groups(),
    "client.get_cloud_integrations": lambda: client.get_cloud_integrations(),
    "client.find_storage_folders": lambda: client.find_storage_folders(),
    "client.list_groups": lambda: client.list_groups(),
    "client.list_organisation_tags": lambda: client.list_organisation_tags(),
    "review.get_label_reviews": lambda: next(iter(stages["Review 1"].get_tasks())).get_label_reviews(),
}

failures = []
for name, call in SUPPORTED.items():
    try:
        value = everything(call())
        assert value, f"nothing: {value!r}"
    except Exception as error:
        failures.append(f"{name}: {type(error).__name__}: {str(error)[:300]}")
for name, call in UNSUPPORTED.items():
    try:
        failures.append(f"{name}: gave {everything(call())!r}")
    except EncordException as error:
        if "not supported by the local platform" not in str(error):
            failures.append(f"{name}: {type(error).__name__}: {str(error)[:300]}")
    except Exception as error:
        failures.append(f"{name}: {type(error).__name__}: {str(error)[:300]}")

# What people and agents do with tasks.
task = next(iter(stages["Annotate 1"].get_tasks(data_title="street")))
task.assign("a@example.test")
assert next(iter(stages["Annotate 1"].get_tasks(assignee="a@example.test"))).data_title == "street.bmp"
task.release()
task.submit(assignee="b@example.test")
task = next(iter(stages["Agent 1"].get_tasks(data_title="street")))
assert task.assignee == "b@example.test", task
task.proceed(pathway_name="review")
next(iter(stages["Review 1"].get_tasks(data_title="street"))).reject()
[task] = stages["Annotate 1"].get_tasks(data_title="street")
assert task.status.value == "REOPENED", task
task.move(destination_stage_uuid=stages["Review 1"].uuid)
next(iter(stages["Review 1"].get_tasks(data_title="street"))).approve()
assert [t.data_title for t in stages["Complete"].get_tasks(data_title="street")] == ["street.bmp"]
try:
    row.ontology_structure and project.list_label_rows_v2(branch_name="")[0].initialise_labels()
    failures.append("a branch without a name was accepted")
except EncordException as error:
    assert "the name of the branch is empty" in str(error), error

print("\n".join(failures) or "every call gave its result, or said that it is not supported")
