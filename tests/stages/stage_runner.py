"""The agent of tests/stage-agent with the `Runner` of encord-agents. Prints nothing."""

import os
import sys
import time

from encord.objects import LabelRowV2, Object
from encord.objects.coordinates import BoundingBoxCoordinates
from encord_agents.tasks import Runner
from encord_agents.tasks.models import TaskAgentReturnStruct

runner = Runner(project_hash=sys.argv[1])


@runner.stage("Pre-label")
def pre_label(label_row: LabelRowV2) -> TaskAgentReturnStruct:
    time.sleep(0.005)
    vehicle = label_row.ontology_structure.get_child_by_title("Vehicle", Object)
    instance = vehicle.create_instance()
    instance.set_for_frames(BoundingBoxCoordinates(height=0.5, width=0.5, top_left_x=0.25, top_left_y=0.25), frames=0)
    label_row.add_object_instance(instance)
    return TaskAgentReturnStruct(pathway="done", label_row=label_row)


runner.run_stage("Pre-label")
