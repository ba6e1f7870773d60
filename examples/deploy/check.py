"""The checks of the recipes that need Python. `check` runs them.

    check.py lambda        the AWS CLI accepts every `aws` line of the recipe; recipe, template and server are consistent
    check.py jobs          the jobs that drain stages are consistent with the server
    check.py kubernetes    the manifests are consistent with each other, the image and the server
    check.py modal PROGRAM the Modal app, imported with the real package, starts and stops the program
    check.py model-server MLSERVER
                           the manifests of the model server are consistent, and the Modal app serves a model
"""

import contextlib
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
WORKSPACE = HERE.parent.parent


def variables() -> set[str]:
    """Returns the environment variables that `--help` of a program lists."""
    texts = ("server/help.txt", "server/platform_help.txt", "logging/help.txt")
    listed = "".join((WORKSPACE / "agent-runtime/src" / text).read_text() for text in texts)
    return set(re.findall(r"^  ([A-Z_]+) ", listed, re.M))


def kubernetes() -> None:
    import yaml

    documents = [
        document for file in sorted((HERE / "kubernetes").glob("*.yaml")) for document in yaml.safe_load_all(file.read_text())
    ]
    kinds = {document["kind"]: document for document in documents if "kind" in document}
    pod = kinds["Deployment"]["spec"]["template"]
    spec, labels = pod["spec"], pod["metadata"]["labels"]
    (container,) = spec["containers"]
    settings = {setting["name"]: setting["value"] for setting in container["env"]}

    # The server reads every setting.
    assert settings.keys() <= variables(), settings
    # The graceful shutdown ends before the cluster kills the pod.
    stop = container["lifecycle"]["preStop"]["sleep"]["seconds"] + int(settings["AGENT_SHUTDOWN_GRACE"])
    assert stop < spec["terminationGracePeriodSeconds"], stop
    # The pod has the image's user and port.
    image = (HERE / "container/Dockerfile").read_text()
    user, group = re.search(r"^USER (\d+):(\d+)$", image, re.M).groups()
    context = spec["securityContext"]
    assert (context["runAsUser"], context["runAsGroup"], context["fsGroup"]) == (int(user), int(group), int(group))
    (port,) = container["ports"]
    assert port["containerPort"] == int(re.search(r"PORT=(\d+)", image)[1])
    # The server has the paths of the probes, and the volumes are mounted where files are expected.
    router = (WORKSPACE / "agent-runtime/src/http/router.rs").read_text()
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert f'"{container[probe]["httpGet"]["path"]}"' in router, probe
    mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
    assert {mount for mount in mounts.values()} == {volume["name"] for volume in spec["volumes"]}
    assert mounts["/tmp"] == "temporary" and settings["ENCORD_SSH_KEY_FILE"].startswith("/keys/")
    # All selectors match the pods.
    selectors = [kinds["Deployment"]["spec"]["selector"]["matchLabels"], kinds["Service"]["spec"]["selector"]]
    selectors += [kinds["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"]]
    selectors += [kinds["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"]]
    assert all(selector.items() <= labels.items() for selector in selectors), selectors
    # Egress is limited to DNS and HTTPS.
    egress = [port["port"] for rule in kinds["NetworkPolicy"]["spec"]["egress"] for port in rule["ports"]]
    assert sorted(egress) == [53, 53, 443], egress
    # The server has the gauge, and its target is reached before a pod rejects calls with 503.
    scale = next(d for d in documents if "Pods" in [m["type"] for m in d.get("spec", {}).get("metrics", [])])
    pods = scale["spec"]["metrics"][0]["pods"]
    assert pods["metric"]["name"] == "editor_agent_calls_in_flight"
    assert '"calls_in_flight"' in (WORKSPACE / "agent-runtime/src/metrics/prometheus.rs").read_text()
    assert int(pods["target"]["averageValue"]) < int(settings["AGENT_CONCURRENCY"])
    print("kubernetes: the manifests are consistent with each other, the image and the server")


def jobs() -> None:
    import yaml

    # Jobs on Kubernetes have as many pods as shards, and read only known settings.
    cron = yaml.safe_load((HERE / "kubernetes/drain.yaml").read_text())
    job = cron["spec"]["jobTemplate"]["spec"]
    (container,) = job["template"]["spec"]["containers"]
    settings = {setting["name"]: setting["value"] for setting in container["env"]}
    assert settings.keys() <= variables(), settings
    assert job["completionMode"] == "Indexed" and job["completions"] == int(settings["AGENT_SHARDS"])
    assert int(settings["AGENT_SHUTDOWN_GRACE"]) < job["template"]["spec"]["terminationGracePeriodSeconds"]
    # The arguments and the indexes of the platforms are those of the server.
    arguments = (WORKSPACE / "agent-runtime/src/server/arguments.rs").read_text()
    assert container["args"] == ["--drain"] and '"--drain"' in arguments
    shard = (WORKSPACE / "agent-runtime/src/stage/shard.rs").read_text()
    template = (HERE / "aws-batch/template.yaml").read_text()
    assert "Command: [--drain]" in template and "AWS_BATCH_JOB_ARRAY_INDEX" in template
    named = set(re.findall(r"Name: ((?:AGENT|ENCORD)_[A-Z_]+)", template))
    assert named <= variables(), named
    cloud_run = (HERE / "cloud-run/README.md").read_text()
    (line,) = re.findall(r"gcloud run jobs deploy.*?(?=\n```|\n\n)", cloud_run, re.S)
    assert "--args=--drain" in line and set(re.findall(r"(AGENT_[A-Z_]+)=", line)) <= variables()
    for index in ("JOB_COMPLETION_INDEX", "CLOUD_RUN_TASK_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX"):
        assert f'"{index}"' in shard, index
    print("jobs: the recipes are consistent with the server")


def aws_lambda() -> None:
    import yaml

    recipe = (HERE / "lambda/README.md").read_text()
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", recipe, re.S)) + "\n" + "\n".join(re.findall(r"`(aws .*?--.*?)`", recipe))
    lines = re.findall(r"^(?:ACCOUNT=\$\()?(aws .*?)\)?$", blocks.replace("\\\n", " "), re.M)
    credentials = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "eu-west-1", "AWS_MAX_ATTEMPTS": "1"}
    environment = {**os.environ, **credentials, "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "target/lambda").mkdir(parents=True)
        (Path(folder) / "encord-key").write_text("a key")
        with zipfile.ZipFile(Path(folder) / "target/lambda/function.zip", "w") as function_zip:
            function_zip.writestr("bootstrap", "a program")
        (Path(folder) / "target/lambda/environment.json").write_text('{"Variables": {"ENCORD_SSH_KEY": "a key"}}')
        for line in lines:
            words = shlex.split(line.replace("$ACCOUNT", "123456789012"))
            # These two commands send several requests.
            if words[1:3] in (["cloudformation", "package"], ["cloudformation", "deploy"]):
                continue
            # The CLI validates the request before it connects, and no server listens here.
            words += ["--endpoint-url", "http://127.0.0.1:1"]
            result = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True)
            assert "Could not connect to the endpoint URL" in result.stderr, (line, result.stderr)
            count += 1
    assert count >= 9, lines

    class Template(yaml.SafeLoader):
        pass

    Template.add_multi_constructor("!", lambda loader, tag, node: (tag, node.value))
    resources = yaml.load((HERE / "lambda/template.yaml").read_text(), Template)["Resources"]
    function = resources["Agents"]["Properties"]
    settings = function["Environment"]["Variables"]
    # The server reads every setting, and the commands in the recipe set the same ones.
    assert settings.keys() - {"SSL_CERT_FILE"} <= variables(), settings
    by_hand = dict(re.findall(r'(\w+): (?:"(.*?)"|\$key)', re.search(r"\{Variables: \{(.*?)\}", recipe)[1]))
    assert by_hand == {**settings, "ENCORD_SSH_KEY": ""}, (by_hand, settings)
    create = next(line for line in lines if "create-function --" in line)
    for option, value in (("memory-size", "MemorySize"), ("timeout", "Timeout"), ("runtime", "Runtime"), ("handler", "Handler")):
        assert f"--{option} {function[value]} " in create, (option, create)
    # A save in progress at the agent's timeout has its full time to be confirmed.
    time_rs = (WORKSPACE / "agent-runtime/src/http/call/time_limit.rs").read_text()
    confirmation = int(re.search(r"CONFIRMATION_TIMEOUT: Duration = Duration::from_secs\((\d+)\)", time_rs)[1])
    assert function["Timeout"] > int(settings["AGENT_TIMEOUT"]) + confirmation + 1
    assert "Cors" not in resources["Address"]["Properties"]
    print(f"lambda: the AWS CLI accepts {count} lines of the recipe; recipe, template and server are consistent")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def modal(program: str) -> None:
    sys.path.insert(0, str(HERE / "modal"))
    import modal_app

    modal_app.PROGRAM, modal_app.PORT, modal_app.HOST = program, free_port(), "127.0.0.1"
    agents = modal_app.EditorAgents()
    agents.serve.local()
    # The underlying instance, on which Modal calls the exit method.
    instance = agents._cached_user_cls_instance()
    try:
        url, deadline = f"http://127.0.0.1:{modal_app.PORT}/healthz", time.monotonic() + 10
        health = None
        while health is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                health = urllib.request.urlopen(url, timeout=5).read()
        assert health == b'{"status":"ok"}', health
        type(instance).__dict__["stop"]._get_raw_f()(instance)
        assert instance.process.returncode == 0, instance.process.returncode
    finally:
        instance.process.kill()
    print("modal: the app starts and stops the program")


def model_server(program: str) -> None:
    import yaml

    documents = list(yaml.safe_load_all((HERE / "model-server/kubernetes.yaml").read_text()))
    deployment, service, policy, egress = documents
    pod = deployment["spec"]["template"]
    (container,) = pod["spec"]["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    # The service, both policies and the URL in the recipe name the same pods and ports.
    labels = pod["metadata"]["labels"]
    agents = list(yaml.safe_load_all((HERE / "kubernetes/agents.yaml").read_text()))
    agent_labels = next(d for d in agents if d["kind"] == "Deployment")["spec"]["template"]["metadata"]["labels"]
    assert service["spec"]["selector"] == policy["spec"]["podSelector"]["matchLabels"] == labels
    assert {port["name"]: port["port"] for port in service["spec"]["ports"]} == ports
    (incoming,), (outgoing,) = policy["spec"]["ingress"], egress["spec"]["egress"]
    assert incoming["from"][0]["podSelector"] == egress["spec"]["podSelector"] == {"matchLabels": agent_labels}
    assert outgoing["to"][0]["podSelector"]["matchLabels"] == labels
    assert [p["port"] for p in incoming["ports"]] == [p["port"] for p in outgoing["ports"]] == list(ports)
    recipe = (HERE / "model-server/README.md").read_text()
    host, port = re.search(r"MODEL_URL=grpc://([\w-]+):(\d+)/v2/models/", recipe).groups()
    assert (host, int(port)) == (service["metadata"]["name"], ports["grpc"])
    mounts = {mount["name"] for mount in container["volumeMounts"]}
    assert mounts == {volume["name"] for volume in pod["spec"]["volumes"]}
    assert len({document["metadata"]["namespace"] for document in documents + agents[1:]}) == 1

    # The app serves the model of the client's tests.
    sys.path.insert(0, str(HERE / "model-server"))
    models = WORKSPACE / "agent-models/tests/served/mlserver"
    os.environ |= {"MODELS": str(models), "PYTHONPATH": str(HERE / "model-server")}
    os.environ |= {"MLSERVER_GRPC_PORT": str(free_port()), "MLSERVER_METRICS_PORT": str(free_port())}
    import modal_model_server as app

    app.PROGRAM, app.FOLDER, app.HOST, app.PORT = program, str(models), "127.0.0.1", free_port()
    served = app.ModelServer()
    served.serve.local()
    instance = served._cached_user_cls_instance()
    try:
        url, deadline = f"http://127.0.0.1:{app.PORT}/v2/models/double", time.monotonic() + 60
        status = None
        while status is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                status = urllib.request.urlopen(f"{url}/ready", timeout=5).status
        assert status == 200, status
        body = json.dumps({"inputs": [{"name": "x", "datatype": "FP32", "shape": [1, 2], "data": [1, 2]}]}).encode()
        request = urllib.request.Request(f"{url}/infer", body, {"Content-Type": "application/json"})
        outputs = json.load(urllib.request.urlopen(request, timeout=30))["outputs"]
        assert outputs[0]["data"] == [2, 4], outputs
        type(instance).__dict__["stop"]._get_raw_f()(instance)
    finally:
        instance.process.kill()
    print("model-server: the manifests are consistent, and the Modal app serves a model")


if __name__ == "__main__":
    commands = {"jobs": jobs, "kubernetes": kubernetes, "lambda": aws_lambda, "modal": modal, "model-server": model_server}
    commands[sys.argv[1]](*sys.argv[2:])
