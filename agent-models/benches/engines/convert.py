"""Converts MobileSAM to two ONNX graphs: convert.py mobile_sam.pt FOLDER writes encoder.onnx and decoder.onnx.

The graphs are built from the tensors of the checkpoint, so PyTorch is not needed. The encoder takes the normalised pixels of
1024×1024. The decoder takes the encoded image and two points in pixels with their labels: 0 and 1 for points off and on the
object, 2 and 3 for the corners of a box, -1 for no point. It returns four masks and their predicted qualities.
"""

import sys
from pathlib import Path

import numpy as np

import checkpoint
from graph import Graph

SIDE = 1024
CHANNELS = 256
GRID = 64
POINTS = 2
MASKS = 4


def encoder(weights, path):
    """Writes the image encoder."""
    graph = Graph(weights)
    root = "image_encoder"
    x = graph.convolution("image", f"{root}.patch_embed.seq.0", 2)
    x = graph.convolution(graph.gelu(x), f"{root}.patch_embed.seq.2", 2)
    for block in range(2):
        x = graph.gelu(graph.op("Add", x, bottleneck(graph, x, f"{root}.layers.0.blocks.{block}", 1)))
    # Blocks, channels, heads, window, pixels per side, and stride of the layer before.
    shapes = [(2, 128, 4, 7, 128, 2), (6, 160, 5, 14, 64, 2), (2, 320, 10, 7, 64, 1)]
    for stage, (blocks, channels, heads, window, side, stride) in enumerate(shapes, 1):
        x = bottleneck(graph, x, f"{root}.layers.{stage - 1}.downsample", stride)
        for block in range(blocks):
            x = transformer_block(graph, x, f"{root}.layers.{stage}.blocks.{block}", channels, heads, window, side)
    x = graph.channel_norm(graph.plain_convolution(x, f"{root}.neck.0"), f"{root}.neck.1")
    x = graph.channel_norm(graph.plain_convolution(x, f"{root}.neck.2"), f"{root}.neck.3")
    graph.save(path, {"image": [1, 3, SIDE, SIDE]}, {"embedding": (x, [1, CHANNELS, GRID, GRID])})


def bottleneck(graph, x, name, stride):
    x = graph.gelu(graph.convolution(x, f"{name}.conv1"))
    x = graph.gelu(graph.convolution(x, f"{name}.conv2", stride))
    return graph.convolution(x, f"{name}.conv3")


def transformer_block(graph, x, name, channels, heads, window, side):
    """A block on a map (1, channel, row, column)."""
    count = -(-side // window)
    padded = count * window
    tokens = graph.transpose(x, 0, 2, 3, 1)
    windows = tokens
    if padded > side:
        windows = graph.op("Pad", windows, np.array([0, 0, 0, 0, 0, padded - side, padded - side, 0], np.int64))
    windows = graph.transpose(graph.reshape(windows, count, window, count, window, channels), 0, 2, 1, 3, 4)
    windows = graph.reshape(windows, count * count, window * window, channels)
    windows = window_attention(graph, windows, f"{name}.attn", channels, heads, window, count * count)
    windows = graph.transpose(graph.reshape(windows, count, count, window, window, channels), 0, 2, 1, 3, 4)
    windows = graph.reshape(windows, 1, padded, padded, channels)
    if padded > side:
        ends = [np.array(part, np.int64) for part in ([0, 0], [side, side], [1, 2])]
        windows = graph.op("Slice", windows, *ends)
    x = graph.transpose(graph.op("Add", tokens, windows), 0, 3, 1, 2)
    tokens = graph.transpose(graph.convolution(x, f"{name}.local_conv"), 0, 2, 3, 1)
    hidden = graph.gelu(graph.linear(graph.norm(tokens, f"{name}.mlp.norm"), f"{name}.mlp.fc1"))
    return graph.transpose(graph.op("Add", tokens, graph.linear(hidden, f"{name}.mlp.fc2")), 0, 3, 1, 2)


def window_attention(graph, x, name, channels, heads, window, windows):
    length, tokens = channels // heads, window * window
    # The scale of the products is folded into the weights of the queries.
    weight, bias = graph.weights[f"{name}.qkv.weight"].copy(), graph.weights[f"{name}.qkv.bias"].copy()
    for head in range(heads):
        rows = slice(head * 3 * length, (head * 3 + 1) * length)
        weight[rows] *= length**-0.5
        bias[rows] *= length**-0.5
    joined = graph.op("Add", graph.op("MatMul", graph.norm(x, f"{name}.norm"), weight.T), bias)
    joined = graph.transpose(graph.reshape(joined, windows, tokens, heads, 3 * length), 0, 2, 1, 3)
    query, key, value = graph.op("Split", joined, np.full(3, length, np.int64), outputs=3, axis=3)
    products = graph.op("MatMul", query, graph.transpose(key, 0, 1, 3, 2))
    products = graph.op("Add", products, distance_biases(graph.weights[f"{name}.attention_biases"], window))
    attended = graph.op("MatMul", graph.op("Softmax", products, axis=-1), value)
    attended = graph.reshape(graph.transpose(attended, 0, 2, 1, 3), windows, tokens, channels)
    return graph.linear(attended, f"{name}.proj")


def distance_biases(biases, window):
    """Returns the bias of each pair of tokens, which depends on their distance in rows and in columns."""
    rows, columns = np.divmod(np.arange(window * window), window)
    distance = np.abs(rows[:, None] - rows) * window + np.abs(columns[:, None] - columns)
    return biases[:, distance]


def decoder(weights, path):
    """Writes the prompt encoder and the mask decoder."""
    graph = Graph(weights)
    prompts = prompt_tokens(graph)
    own = [weights["mask_decoder.iou_token.weight"], weights["mask_decoder.mask_tokens.weight"]]
    tokens = graph.op("Concat", np.concatenate(own)[None], prompts, axis=1)
    pixels = graph.op("Add", "embedding", weights["prompt_encoder.no_mask_embed.weight"].reshape(1, CHANNELS, 1, 1))
    pixels = graph.transpose(graph.reshape(pixels, 1, CHANNELS, GRID * GRID), 0, 2, 1)
    queries, pixels = transformer(graph, tokens, pixels, graph.constant(positions(weights)))
    pixels = graph.reshape(graph.transpose(pixels, 0, 2, 1), 1, CHANNELS, GRID, GRID)
    masks = upscaled_masks(graph, pixels, queries)
    quality = perceptron(graph, token(graph, queries, 0), "mask_decoder.iou_prediction_head")
    inputs = {"embedding": [1, CHANNELS, GRID, GRID], "points": [1, POINTS, 2], "labels": [1, POINTS]}
    outputs = {"masks": (masks, [1, MASKS, 4 * GRID, 4 * GRID]), "qualities": (quality, [1, MASKS])}
    graph.save(path, inputs, outputs)


def frequencies(weights):
    return weights["prompt_encoder.pe_layer.positional_encoding_gaussian_matrix"] * np.float32(2 * np.pi)


def positions(weights):
    """Returns the positional encoding of each pixel in the encoded image."""
    at = 2 * (np.arange(GRID, dtype=np.float32) + 0.5) / GRID - 1
    phases = np.stack(np.meshgrid(at, at), axis=-1).reshape(1, GRID * GRID, 2) @ frequencies(weights)
    return np.concatenate([np.sin(phases), np.cos(phases)], axis=-1).astype(np.float32)


def prompt_tokens(graph):
    weights = graph.weights
    at = graph.op("Add", graph.op("Mul", "points", np.float32(2 / SIDE)), np.float32(1 / SIDE - 1))
    phases = graph.op("MatMul", at, frequencies(weights))
    position = graph.op("Concat", graph.op("Sin", phases), graph.op("Cos", phases), axis=2)
    labels = graph.reshape("labels", 1, POINTS, 1)
    padding = graph.op("Equal", labels, np.float32(-1))
    sum_ = graph.op("Where", padding, weights["prompt_encoder.not_a_point_embed.weight"][None], position)
    for label in range(4):
        chosen = graph.op("Cast", graph.op("Equal", labels, np.float32(label)), to=1)
        kind = weights[f"prompt_encoder.point_embeddings.{label}.weight"][None]
        sum_ = graph.op("Add", sum_, graph.op("Mul", chosen, kind))
    return sum_


def transformer(graph, tokens, pixels, places):
    root, queries = "mask_decoder.transformer", tokens
    norm = lambda x, name: graph.norm(x, f"{root}.{name}")
    add = lambda one, other: graph.op("Add", one, other)
    for layer in range(2):
        name = f"layers.{layer}"
        if layer == 0:
            queries = attention(graph, queries, queries, queries, f"{root}.{name}.self_attn")
        else:
            placed = add(queries, tokens)
            queries = add(queries, attention(graph, placed, placed, queries, f"{root}.{name}.self_attn"))
        queries = norm(queries, f"{name}.norm1")
        attended = attention(
            graph, add(queries, tokens), add(pixels, places), pixels, f"{root}.{name}.cross_attn_token_to_image"
        )
        queries = norm(add(queries, attended), f"{name}.norm2")
        hidden = graph.op("Relu", graph.linear(queries, f"{root}.{name}.mlp.lin1"))
        queries = norm(add(queries, graph.linear(hidden, f"{root}.{name}.mlp.lin2")), f"{name}.norm3")
        attended = attention(
            graph, add(pixels, places), add(queries, tokens), queries, f"{root}.{name}.cross_attn_image_to_token"
        )
        pixels = norm(add(pixels, attended), f"{name}.norm4")
    attended = attention(graph, add(queries, tokens), add(pixels, places), pixels, f"{root}.final_attn_token_to_image")
    return norm(add(queries, attended), "norm_final_attn"), pixels


def attention(graph, queries, keys, values, name, heads=8):
    inner = graph.weights[f"{name}.q_proj.bias"].size
    length = inner // heads
    part = lambda x, kind: graph.reshape(graph.linear(x, f"{name}.{kind}"), 1, -1, heads, length)
    query = graph.op("Mul", graph.transpose(part(queries, "q_proj"), 0, 2, 1, 3), np.float32(length**-0.5))
    key = graph.transpose(part(keys, "k_proj"), 0, 2, 3, 1)
    value = graph.transpose(part(values, "v_proj"), 0, 2, 1, 3)
    attended = graph.op("MatMul", graph.op("Softmax", graph.op("MatMul", query, key), axis=-1), value)
    return graph.linear(graph.reshape(graph.transpose(attended, 0, 2, 1, 3), 1, -1, inner), f"{name}.out_proj")


def upscaled_masks(graph, pixels, queries):
    weights, root = graph.weights, "mask_decoder.output_upscaling"
    double = lambda x, name: graph.op(
        "ConvTranspose", x, weights[f"{name}.weight"], weights[f"{name}.bias"], kernel_shape=[2, 2], strides=[2, 2]
    )
    x = graph.gelu(graph.channel_norm(double(pixels, f"{root}.0"), f"{root}.1"))
    x = graph.reshape(graph.gelu(double(x, f"{root}.3")), 1, CHANNELS // 8, 16 * GRID * GRID)
    kernels = [
        graph.reshape(
            perceptron(graph, token(graph, queries, mask + 1), f"mask_decoder.output_hypernetworks_mlps.{mask}"),
            1, 1, CHANNELS // 8,
        )
        for mask in range(MASKS)
    ]
    masks = graph.op("MatMul", graph.op("Concat", *kernels, axis=1), x)
    return graph.reshape(masks, 1, MASKS, 4 * GRID, 4 * GRID)


def token(graph, queries, index):
    return graph.op("Gather", queries, np.array(index, np.int64), axis=1)


def perceptron(graph, x, name):
    for layer in range(2):
        x = graph.op("Relu", graph.linear(x, f"{name}.layers.{layer}"))
    return graph.linear(x, f"{name}.layers.2")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: convert.py mobile_sam.pt FOLDER")
    tensors, folder = checkpoint.read(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    encoder(tensors, folder / "encoder.onnx")
    decoder(tensors, folder / "decoder.onnx")
