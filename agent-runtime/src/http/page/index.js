// Sends what the form says, as a label editor would, and shows what comes back.
for (const form of document.forms) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const value = (name) => form.elements[name].value.trim();
    const payload = { projectHash: value("projectHash"), dataHash: value("dataHash") };
    if (value("frame")) payload.frame = value("frame");
    if (value("objectHashes")) payload.objectHashes = value("objectHashes").split(",").map((hash) => hash.trim());
    const output = form.querySelector("output");
    output.className = "";
    output.textContent = "…";
    const start = performance.now();
    try {
      const response = await fetch(form.dataset.path, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(payload),
      });
      const text = await response.text();
      output.textContent = `${response.status} in ${Math.round(performance.now() - start)} ms\n${text}`;
      output.className = response.ok ? "good" : "bad";
    } catch (error) {
      output.textContent = `The server did not answer: ${error.message}`;
      output.className = "bad";
    }
  });
}
