"""An agent of the Python package's wrapper for AWS, with the least loop that AWS' own client for Python could be: what
`lambda_start` starts beside the program of this project. The event comes when the module is imported, as on AWS Lambda."""

import http.client
import json
import os

from encord_agents import FrameData
from encord_agents.aws import editor_agent


@editor_agent()
def nothing(frame_data: FrameData) -> None:
    pass


runtime = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    runtime.request("GET", "/2018-06-01/runtime/invocation/next")
    response = runtime.getresponse()
    event = json.loads(response.read())
    answer = json.dumps(nothing(event, None)).encode()
    invocation = response.headers["Lambda-Runtime-Aws-Request-Id"]
    runtime.request("POST", f"/2018-06-01/runtime/invocation/{invocation}/response", body=answer)
    runtime.getresponse().read()
