"""Checks the OpenAPI document of the example agents, and the agents against it: `openapi.py URL`."""

import json
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from openapi_spec_validator import OpenAPIV31SpecValidator, validate

# The sample project and its image `astronaut.jpg`, so that agents do not only respond that the data unit is unknown.
PROJECT = "6f0b6e2a-8c53-4b0e-9d0f-51a3c2d7e845"
DATA = "406c8a83-e706-52ff-9404-0006c8120989"

# Agents also refuse valid requests: with complaints, and because of what they find in the label row.
SETTINGS = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "400", "403", "404", "409"]
"""

# A label editor's payload is read leniently, as the Python servers read it, so requests that the schema rejects can succeed.
LENIENT = "negative_data_rejection"


def narrowed(document: dict) -> dict:
    """Returns the document for requests to the sample project, with all expected statuses listed."""
    for item in document["paths"].values():
        # An agent can fail with statuses of its own. These agents do not.
        del item["post"]["responses"]["default"]
        schema = item["post"]["requestBody"]["content"]["application/json"]["schema"]
        for name, value in [("projectHash", PROJECT), ("dataHash", DATA)]:
            if name in schema.get("properties", {}):
                schema["properties"][name]["enum"] = [value]
                schema["examples"][0][name] = value
    return document


def main() -> int:
    url = sys.argv[1].rstrip("/")
    with urllib.request.urlopen(f"{url}/openapi.json") as response:
        document = json.load(response)
    validate(document, cls=OpenAPIV31SpecValidator)
    assert document["paths"], "the server has no agents"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "openapi.json"
        file.write_text(json.dumps(narrowed(document)))
        (Path(folder) / "schemathesis.toml").write_text(SETTINGS)
        command = [
            Path(sys.executable).with_name("schemathesis"), "run", file, "--url", url,
            "--checks", "all", "--exclude-checks", LENIENT,
            "--phases", "examples,coverage,fuzzing", "--max-examples", "10", "--generation-deterministic",
            "--workers", "2", "--request-timeout", "60", "--no-color", *sys.argv[2:],
        ]
        return subprocess.run(command, cwd=folder).returncode


sys.exit(main())
