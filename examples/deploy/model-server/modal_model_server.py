"""MLServer with a GPU on Modal.

    modal deploy modal_model_server.py

MODELS is the folder of the models, each with a `model-settings.json`.
"""

import os
import subprocess

import modal

MODELS = os.environ.get("MODELS", "models")
GPU = os.environ.get("MODEL_GPU", "L4")
PROGRAM, HOST, PORT = "mlserver", "0.0.0.0", 8080
# Where the models are in the container.
FOLDER = "/models"

app = modal.App("model-server")
image = modal.Image.debian_slim(python_version="3.11").pip_install("mlserver==1.7.1").add_local_dir(MODELS, FOLDER)


@app.cls(
    image=image,
    gpu=GPU,
    memory=4096,
    # With 0, the first annotator after a pause waits until the model is loaded.
    min_containers=1,
    scaledown_window=300,
    timeout=60,
)
@modal.concurrent(max_inputs=32)
class ModelServer:
    # Requests need the headers `Modal-Key` and `Modal-Secret`.
    @modal.web_server(PORT, startup_timeout=300, requires_proxy_auth=True)
    def serve(self):
        settings = {"MLSERVER_HOST": HOST, "MLSERVER_HTTP_PORT": str(PORT), "MLSERVER_PARALLEL_WORKERS": "0"}
        self.process = subprocess.Popen([PROGRAM, "start", FOLDER], env={**os.environ, **settings})

    @modal.exit()
    def stop(self):
        self.process.terminate()
        self.process.wait()
