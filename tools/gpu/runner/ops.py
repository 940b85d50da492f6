"""Every ONNX operator that Nacre's graphs use, in PyTorch: function(attributes, inputs) by standard name.

Inputs that say how and not what (shapes, axes, bounds) come as plain numbers and lists: `PLAIN` names their
places. They have to be constants, so that nothing is read back from the card while a step runs.
"""

import torch
import torch.nn.functional as F

DTYPES = {1: torch.float32, 6: torch.int32, 7: torch.int64, 9: torch.bool}


def elementwise(function):
    return lambda attributes, inputs: function(*inputs)


def divide(attributes, inputs):
    whole = not inputs[0].is_floating_point()
    return torch.div(*inputs, rounding_mode="trunc" if whole else None)


def folded(function):
    def run(attributes, inputs):
        result = inputs[0]
        for other in inputs[1:]:
            result = function(result, other)
        return result

    return run


def reduction(function):
    def run(attributes, inputs):
        return function(inputs[0], dim=tuple(inputs[1]), keepdim=attributes.get("keepdims", 1) == 1)

    return run


def position(function):
    def run(attributes, inputs):
        return function(inputs[0], dim=attributes["axis"], keepdim=attributes.get("keepdims", 1) == 1)

    return run


def cumulative(attributes, inputs):
    x, axis = inputs
    if not attributes.get("reverse"):
        return torch.cumsum(x, axis)
    return torch.cumsum(x.flip(axis), axis).flip(axis)


def sliced(attributes, inputs):
    x, starts, ends, axes, steps = inputs
    for start, end, axis, step in zip(starts, ends, axes, steps):
        places = range(*slice(start, end if end > -(2**31) else None, step).indices(x.shape[axis]))
        if step > 0:
            x = x.narrow(axis, places.start, len(places) * step - step + 1 if len(places) else 0)
            x = x[(slice(None),) * (axis % x.ndim) + (slice(None, None, step),)] if step > 1 else x
        else:
            low = places[-1]
            x = x.narrow(axis, low, places[0] - low + 1).flip(axis)
            x = x[(slice(None),) * (axis % x.ndim) + (slice(None, None, -step),)] if step < -1 else x
    return x


def padded(attributes, inputs):
    x, amounts, value = inputs
    rank = x.ndim
    # PyTorch counts from the last axis.
    pairs = [side for axis in reversed(range(rank)) for side in (amounts[axis], amounts[axis + rank])]
    return F.pad(x, pairs, value=value)


def from_front(indices, size):
    return torch.where(indices < 0, indices + size, indices).long()


def gathered(attributes, inputs):
    x, indices = inputs
    axis = attributes["axis"]
    places = from_front(indices, x.shape[axis])
    picked = x.index_select(axis, places.reshape(-1))
    return picked.reshape(x.shape[:axis] + indices.shape + x.shape[axis + 1 :])


def gathered_elements(attributes, inputs):
    x, indices = inputs
    axis = attributes["axis"]
    return x.gather(axis, from_front(indices, x.shape[axis]))


def added_rows(attributes, inputs):
    x, indices, updates = inputs
    if attributes.get("reduction") != "add" or indices.shape[-1] != 1:
        raise ValueError("ScatterND is known with reduction add over rows alone")
    return x.index_add(0, from_front(indices.reshape(-1), x.shape[0]), updates)


def added_elements(attributes, inputs):
    x, indices, updates = inputs
    if attributes.get("reduction") != "add":
        raise ValueError("ScatterElements is known with reduction add alone")
    axis = attributes["axis"]
    return x.scatter_add(axis, from_front(indices, x.shape[axis]), updates)


def linear(attributes, inputs):
    a, b = (x.t() if attributes.get(flag) else x for x, flag in zip(inputs, ("transA", "transB")))
    alpha, beta = attributes.get("alpha", 1.0), attributes.get("beta", 1.0)
    if len(inputs) > 2:
        return torch.addmm(inputs[2], a, b, beta=beta, alpha=alpha)
    product = a @ b
    return product if alpha == 1 else product * alpha


def convolution(attributes, inputs):
    x, weight = inputs[:2]
    rank = x.ndim - 2
    pads = attributes["pads"]
    sides = [side for axis in reversed(range(rank)) for side in (pads[axis], pads[axis + rank])]
    run = (F.conv1d, F.conv2d, F.conv3d)[rank - 1]
    return run(
        F.pad(x, sides) if any(sides) else x,
        weight,
        inputs[2] if len(inputs) > 2 else None,
        stride=attributes["strides"],
        dilation=attributes["dilations"],
        groups=attributes["group"],
    )


def transposed_convolution(attributes, inputs):
    x, weight = inputs[:2]
    rank = x.ndim - 2
    run = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[rank - 1]
    strides, pads = attributes["strides"], attributes["pads"]
    y = run(x, weight, None, stride=strides, dilation=attributes["dilations"], groups=attributes["group"])
    # What lies beyond the last output place is empty, so output padding is a negative cut.
    sides = [
        side
        for axis in reversed(range(rank))
        for side in (-pads[axis], attributes["output_padding"][axis] - pads[axis + rank])
    ]
    y = F.pad(y, sides)
    return y + inputs[2].reshape(-1, *[1] * rank) if len(inputs) > 2 else y


def layer_norm(attributes, inputs):
    x, scale, bias = inputs
    return torch.native_layer_norm(x, x.shape[-1:], scale, bias, attributes["epsilon"])


OPS = {
    "Abs": elementwise(torch.abs),
    "Add": elementwise(torch.add),
    "And": elementwise(torch.logical_and),
    "ArgMax": position(torch.argmax),
    "ArgMin": position(torch.argmin),
    "Cast": lambda attributes, inputs: inputs[0].to(DTYPES[attributes["to"]]),
    "Ceil": elementwise(torch.ceil),
    "Clip": lambda attributes, inputs: inputs[0].clamp(inputs[1], inputs[2]),
    "Concat": lambda attributes, inputs: torch.cat(inputs, attributes["axis"]),
    "Conv": convolution,
    "ConvTranspose": transposed_convolution,
    "Cos": elementwise(torch.cos),
    "CumSum": cumulative,
    "Div": divide,
    "Equal": elementwise(torch.eq),
    "Erf": elementwise(torch.erf),
    "Exp": elementwise(torch.exp),
    # Broadcast both ways, as ONNX has it.
    "Expand": lambda attributes, inputs: inputs[0].expand(
        torch.broadcast_shapes(inputs[0].shape, tuple(inputs[1]))
    ),
    "Floor": elementwise(torch.floor),
    "Gather": gathered,
    "GatherElements": gathered_elements,
    "Gelu": lambda attributes, inputs: F.gelu(inputs[0], approximate=attributes.get("approximate", "none")),
    "Gemm": linear,
    "Greater": elementwise(torch.gt),
    "GreaterOrEqual": elementwise(torch.ge),
    "Identity": lambda attributes, inputs: inputs[0],
    "LayerNormalization": layer_norm,
    "Less": elementwise(torch.lt),
    "LessOrEqual": elementwise(torch.le),
    "Log": elementwise(torch.log),
    "MatMul": elementwise(torch.matmul),
    "Max": folded(torch.maximum),
    "Min": folded(torch.minimum),
    # The sign of the divisor, as ONNX has it without fmod.
    "Mod": elementwise(torch.remainder),
    "Mul": elementwise(torch.mul),
    "Neg": elementwise(torch.neg),
    "Not": elementwise(torch.logical_not),
    "Or": elementwise(torch.logical_or),
    "Pad": padded,
    "Pow": elementwise(torch.pow),
    "Reciprocal": elementwise(torch.reciprocal),
    "ReduceMax": reduction(torch.amax),
    "ReduceMean": reduction(torch.mean),
    "ReduceMin": reduction(torch.amin),
    "ReduceSum": reduction(torch.sum),
    "Relu": elementwise(torch.relu),
    "Reshape": lambda attributes, inputs: inputs[0].reshape(inputs[1]),
    "Round": elementwise(torch.round),
    "ScatterElements": added_elements,
    "ScatterND": added_rows,
    "Sigmoid": elementwise(torch.sigmoid),
    "Sign": elementwise(torch.sign),
    "Sin": elementwise(torch.sin),
    "Slice": sliced,
    "Softmax": lambda attributes, inputs: torch.softmax(inputs[0], attributes["axis"]),
    "Split": lambda attributes, inputs: torch.split(inputs[0], inputs[1], attributes["axis"]),
    "Sqrt": elementwise(torch.sqrt),
    "Sub": elementwise(torch.sub),
    "Tanh": elementwise(torch.tanh),
    "Transpose": lambda attributes, inputs: inputs[0].permute(attributes["perm"]),
    "Unsqueeze": lambda attributes, inputs: inputs[0].unsqueeze(inputs[1][0]),
    "Where": elementwise(torch.where),
}

PLAIN = {
    "Clip": (1, 2),
    "CumSum": (1,),
    "Expand": (1,),
    "Pad": (1, 2),
    "ReduceMax": (1,),
    "ReduceMean": (1,),
    "ReduceMin": (1,),
    "ReduceSum": (1,),
    "Reshape": (1,),
    "Slice": (1, 2, 3, 4),
    "Split": (1,),
    "Unsqueeze": (1,),
}
