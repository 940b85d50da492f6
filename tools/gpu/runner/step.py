"""An exported training step, open to run: the node list with its constants on a device."""

import json
from pathlib import Path

import numpy as np
import torch

import tensors
from ops import OPS, PLAIN


class Step:
    """Runs the nodes of a step in their order; values are freed after their last use."""

    def __init__(self, folder, device, all_exact=False):
        self.folder = Path(folder)
        self.about = json.loads((self.folder / "step.json").read_text())
        self.device = device
        check_known(self.about["nodes"])
        self.constants = load_constants(self.folder, self.about["constants"], device)
        self.outputs = {each["name"]: tuple(each["shape"]) for each in self.about["outputs"]}
        exact = exact_nodes(self.about["nodes"], set(self.constants), set(self.outputs))
        self.plan = []
        for node in self.about["nodes"]:
            self.add(node, all_exact or id(node) in exact)
        self.frees = last_uses(self.plan, set(self.constants) | set(self.outputs))

    def add(self, node, exact):
        """Nodes that read constants alone are run here, once."""
        kind, names = node["type"], node["inputs"]
        plain = PLAIN.get(kind, ())
        inputs = [self.plainly(node, i) if i in plain else name for i, name in enumerate(names)]
        entry = (OPS[kind], node["attributes"], inputs, node["outputs"], exact)
        if all(name in self.constants for name in names):
            run_node(entry, self.constants)
        else:
            self.plan.append(entry)

    def plainly(self, node, place):
        name = node["inputs"][place]
        if name not in self.constants:
            raise SystemExit(f'{node["type"]} making {node["outputs"][0]}: input {place} is not a constant')
        return Plain(self.constants[name].tolist())

    def run(self, inputs, watch=()):
        """Outputs by name; values named in `watch` are among them."""
        values = {**self.constants, **inputs}
        watched = {}
        for entry, free in zip(self.plan, self.frees):
            run_node(entry, values)
            for name in free:
                if name in watch:
                    watched[name] = values[name]
                del values[name]
        made = {name: values[name] for name in self.outputs}
        for name, shape in self.outputs.items():
            if tuple(made[name].shape) != shape:
                raise SystemExit(f"{name} has shape {tuple(made[name].shape)}, expected {shape}")
        return {**made, **watched}

    def zero_state(self):
        return {name: torch.zeros(shape, device=self.device) for name, shape in self.state_shapes().items()}

    def state_shapes(self):
        return {each["name"]: tuple(each["shape"]) for each in self.about["state"]}

    def first_state(self):
        """The state that was exported: zeros and twins of other arrays are not in its file."""
        arrays, _ = tensors.read(self.folder / "state.safetensors")
        state = self.zero_state()
        for name in state:
            source = self.about["twins"].get(name, name)
            if source in arrays:
                state[name].copy_(torch.from_numpy(arrays[source].copy()))
        return state

    def load_state(self, arrays):
        """A state from its arrays; ends the program when they do not fit this step."""
        state = self.zero_state()
        for name, value in state.items():
            if name not in arrays or arrays[name].shape != tuple(value.shape):
                raise SystemExit(f'a checkpoint without a fitting "{name}"')
            value.copy_(torch.from_numpy(arrays[name].copy()))
        return state


class Plain:
    """A number or a list that a node takes as it is."""

    def __init__(self, value):
        self.value = value


def run_node(entry, values):
    function, attributes, inputs, outputs, exact = entry
    torch.backends.cuda.matmul.allow_tf32 = not exact
    given = [each.value if isinstance(each, Plain) else values[each] for each in inputs]
    made = function(attributes, given)
    if isinstance(made, torch.Tensor):
        made = (made,)
    values.update(zip(outputs, made))


def check_known(nodes):
    unknown = sorted({node["type"] for node in nodes} - set(OPS))
    if unknown:
        raise SystemExit(f"this runner does not know the operators {', '.join(unknown)}; add them to ops.py")


def load_constants(folder, listed, device):
    arrays, _ = tensors.read(folder / "constants.safetensors")
    constants = {}
    for name, dtype in listed.items():
        value = torch.from_numpy(np.array(arrays[name]))
        constants[name] = (value.bool() if dtype == "bool" else value).to(device)
    return constants


def last_uses(plan, kept):
    """For each node the values that nothing reads after it."""
    frees, seen = [], set(kept)
    for _, _, inputs, outputs, _ in reversed(plan):
        read = {name for name in inputs if isinstance(name, str)} | set(outputs)
        frees.append(sorted(read - seen))
        seen |= read
    return frees[::-1]


def exact_nodes(nodes, constants, outputs):
    """
    Products that keep all 24 bits on the card: transforms by constant matrices, whose quiet bins would drown
    in the rounding of loud ones, and all that only a search for the nearest entry reads.
    """
    fixed = set(constants)
    exact = set()
    for node in nodes:
        if all(name in fixed for name in node["inputs"]):
            fixed.update(node["outputs"])
        if node["type"] in ("MatMul", "Gemm") and any(name in fixed for name in node["inputs"][:2]):
            exact.add(id(node))
    needed = set(outputs)
    for node in reversed(nodes):
        if not needed & set(node["outputs"]):
            exact.add(id(node))
        elif node["type"] not in ("ArgMin", "ArgMax"):
            needed.update(node["inputs"])
    return exact
