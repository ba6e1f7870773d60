"""The real Python SDK reads and saves the one label row of every project, except those whose titles are given."""

import logging
import os
import sys

from encord.user_client import EncordUserClient

logging.disable(logging.ERROR)
client = EncordUserClient.create_with_ssh_private_key(
    ssh_private_key=os.environ["ENCORD_SSH_KEY"], domain=os.environ["ENCORD_DOMAIN"])
refused = set(sys.argv[1].split(","))
count = 0
for project in client.list_projects():
    count += 1
    [row] = project.list_label_rows_v2()
    if project.title in refused:
        continue
    row.initialise_labels()
    objects = sorted(o.object_hash for o in row.get_object_instances())
    row.save(validate_before_saving=True)
    [again] = project.list_label_rows_v2()
    again.initialise_labels()
    assert sorted(o.object_hash for o in again.get_object_instances()) == objects, project.title
print(count, "rows")
