// Sends the call that a form describes, as a label editor would, and shows the response.

// The page is at the root of the server, also behind a proxy that serves it under a prefix.
const root = location.pathname.replace(/\/+$/, "");

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
      const response = await fetch(root + form.dataset.path, {
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
