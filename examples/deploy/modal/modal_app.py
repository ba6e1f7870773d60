"""Editor agents on Modal: the program of a container image, as a web server.

    modal deploy modal_app.py

The image is the one that ../container builds, in a registry that Modal can reach. Only the program is copied from it, because Modal
runs Python in every container, and that image has none.
"""

import os
import subprocess

import modal

IMAGE = os.environ.get("AGENTS_IMAGE", "registry.example.com/editor-agents:1")
# GPU for the agents' model: "T4", "L4", "A100". Default: none.
GPU = os.environ.get("AGENTS_GPU") or None
HOST, PORT = "0.0.0.0", 8080
PROGRAM = "/agents"
# Maximum concurrent calls in one container. Further calls get 503, so Modal starts a second container before that.
CONCURRENCY = 64

app = modal.App("editor-agents")
image = modal.Image.debian_slim(python_version="3.12").dockerfile_commands(f"COPY --from={IMAGE} /agents {PROGRAM}")


@app.cls(
    image=image,
    # ENCORD_SSH_KEY, and ENCORD_WEBHOOK_SECRET if the agents take signed calls:
    #   modal secret create encord ENCORD_SSH_KEY="$(cat KEY)"
    secrets=[modal.Secret.from_name("encord")],
    cpu=1.0,
    memory=512,
    gpu=GPU,
    # With 0, the first annotator after a pause waits for a cold start.
    min_containers=1,
    scaledown_window=300,
    # Longer than AGENT_TIMEOUT.
    timeout=75,
)
@modal.concurrent(max_inputs=CONCURRENCY, target_inputs=CONCURRENCY // 2)
class EditorAgents:
    @modal.web_server(PORT, startup_timeout=10)
    def serve(self):
        settings = {"HOST": HOST, "PORT": str(PORT), "AGENT_CONCURRENCY": str(CONCURRENCY), "AGENT_LOG": "json"}
        self.process = subprocess.Popen([PROGRAM], env={**os.environ, **settings})

    @modal.exit()
    def stop(self):
        """Shuts down gracefully: SIGTERM lets running calls finish."""
        self.process.terminate()
        self.process.wait()
