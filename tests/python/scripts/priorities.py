"""Prints the title, the stage and the priority of each task, as the real Python SDK reads them, one JSON array per line."""

import json
import os

from encord.user_client import EncordUserClient

client = EncordUserClient.create_with_ssh_private_key(
    ssh_private_key=os.environ["ENCORD_SSH_KEY"], domain=os.environ["ENCORD_DOMAIN"]
)
[found] = client.get_projects()
rows = client.get_project(found["project"].project_hash).list_label_rows_v2()
for row in sorted(rows, key=lambda row: row.data_title):
    print(json.dumps([row.data_title, row.workflow_graph_node.title, row.priority]))
