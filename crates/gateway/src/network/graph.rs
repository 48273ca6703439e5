//! The graph of a file before it is run: what is not asked for is taken out, what is left must be on the list.

use std::collections::{BTreeMap, BTreeSet};

use tract_onnx::pb::tensor_proto::{DataLocation, DataType};
use tract_onnx::pb::tensor_shape_proto::dimension::Value as Dimension;
use tract_onnx::pb::type_proto::Value as TypeValue;
use tract_onnx::pb::{AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto};

use super::NetworkFault;

/// Operators that are run: arithmetic on rows, and models of trees and lines. None of them loops or reads elsewhere.
const OPERATORS: [&str; 36] = [
    "Abs",
    "Add",
    "BatchNormalization",
    "Cast",
    "Clip",
    "Concat",
    "Constant",
    "Div",
    "Elu",
    "Exp",
    "Flatten",
    "Gather",
    "Gemm",
    "HardSigmoid",
    "Identity",
    "LeakyRelu",
    "LinearClassifier",
    "Log",
    "MatMul",
    "Max",
    "Min",
    "Mul",
    "Neg",
    "Normalizer",
    "Pow",
    "Relu",
    "Reshape",
    "Scaler",
    "Selu",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Sqrt",
    "Squeeze",
    "Sub",
    "Tanh",
];
/// Operators that are walked by our own code.
const TREES: &str = "TreeEnsembleClassifier";

/// Leaves of a file what one of its outputs needs, the last one that is a table of `outputs` floats, and gives its name.
pub(super) fn keep_what_is_asked(
    model: &mut ModelProto,
    inputs: usize,
    outputs: usize,
) -> Result<String, NetworkFault> {
    let graph = model.graph.as_mut().ok_or_else(|| NetworkFault::NotOnnx("it has no graph".to_owned()))?;
    let known: BTreeSet<String> = graph.initializer.iter().map(|weights| weights.name.clone()).collect();
    graph.input.retain(|input| !known.contains(&input.name));
    let is_table = |input: &ValueInfoProto, wanted: usize| {
        table(input).is_some_and(|width| width.is_none_or(|width| width == wanted))
    };
    if !matches!(graph.input.as_slice(), [only] if is_table(only, inputs)) {
        return Err(NetworkFault::Inputs { wanted: inputs, found: described(&graph.input) });
    }
    let output = graph.output.iter().rev().find(|output| is_table(output, outputs)).cloned();
    let output =
        output.ok_or_else(|| NetworkFault::Outputs { wanted: outputs, found: described(&graph.output) })?;
    let name = output.name.clone();
    graph.output = vec![output];
    keep_ancestors(graph, &name);
    for node in &graph.node {
        if node.op_type != TREES && !OPERATORS.contains(&node.op_type.as_str()) {
            return Err(NetworkFault::Operator(node.op_type.clone()));
        }
        node.attribute.iter().filter_map(|attribute| attribute.t.as_ref()).try_for_each(all_inside)?;
    }
    graph.initializer.iter().try_for_each(all_inside)?;
    scalers_as_arithmetic(graph)?;
    Ok(name)
}

fn all_inside(weights: &TensorProto) -> Result<(), NetworkFault> {
    let outside =
        weights.data_location == Some(DataLocation::External as i32) || !weights.external_data.is_empty();
    if outside { Err(NetworkFault::ExternalData(weights.name.clone())) } else { Ok(()) }
}

/// Columns of a table of floats: `Some(None)` when the file leaves them open, `None` when it is something else.
fn table(value: &ValueInfoProto) -> Option<Option<usize>> {
    let Some(TypeValue::TensorType(tensor)) = value.r#type.as_ref()?.value.as_ref() else { return None };
    if tensor.elem_type != DataType::Float as i32 {
        return None;
    }
    let Some(shape) = &tensor.shape else { return Some(None) };
    match shape.dim.as_slice() {
        [_, columns] => match &columns.value {
            Some(Dimension::DimValue(columns)) => usize::try_from(*columns).ok().map(Some),
            _ => Some(None),
        },
        _ => None,
    }
}

fn described(values: &[ValueInfoProto]) -> String {
    let one = |value: &ValueInfoProto| match table(value) {
        Some(Some(columns)) => format!("`{}` (floats, {columns} columns)", value.name),
        Some(None) => format!("`{}` (floats)", value.name),
        None => format!("`{}` (no table of 32-bit floats)", value.name),
    };
    if values.is_empty() {
        "nothing".to_owned()
    } else {
        values.iter().map(one).collect::<Vec<_>>().join(", ")
    }
}

/// Drops the nodes that nothing on the way to `output` needs.
fn keep_ancestors(graph: &mut GraphProto, output: &str) {
    let makers: BTreeMap<&str, usize> = graph
        .node
        .iter()
        .enumerate()
        .flat_map(|(at, node)| node.output.iter().map(move |name| (name.as_str(), at)))
        .collect();
    let (mut kept, mut open) = (BTreeSet::new(), vec![output]);
    while let Some(name) = open.pop() {
        let Some(at) = makers.get(name).copied() else { continue };
        if kept.insert(at)
            && let Some(node) = graph.node.get(at)
        {
            open.extend(node.input.iter().map(String::as_str));
        }
    }
    let mut at = 0;
    graph.node.retain(|_| {
        at += 1;
        kept.contains(&(at - 1))
    });
}

/// `Scaler` as the subtraction and multiplication it stands for, which tract knows.
fn scalers_as_arithmetic(graph: &mut GraphProto) -> Result<(), NetworkFault> {
    let mut nodes = Vec::with_capacity(graph.node.len());
    for node in std::mem::take(&mut graph.node) {
        if node.op_type != "Scaler" {
            nodes.push(node);
            continue;
        }
        let damaged = || NetworkFault::NotOnnx("a `Scaler` lacks offset or scale".to_owned());
        let numbers = |name: &str| {
            let found: Option<&AttributeProto> =
                node.attribute.iter().find(|attribute| attribute.name == name);
            found.map(|attribute| attribute.floats.clone()).filter(|numbers| !numbers.is_empty())
        };
        let (offset, scale) = numbers("offset").zip(numbers("scale")).ok_or_else(damaged)?;
        let (input, output) = node.input.first().zip(node.output.first()).ok_or_else(damaged)?;
        let named = |what: &str| format!("{output}.{what}");
        for (what, floats) in [("offset", offset), ("scale", scale)] {
            graph.initializer.push(TensorProto {
                dims: vec![floats.len() as i64],
                data_type: DataType::Float as i32,
                float_data: floats,
                name: named(what),
                ..TensorProto::default()
            });
        }
        let step = |op: &str, input: Vec<String>, output: String| NodeProto {
            op_type: op.to_owned(),
            name: output.clone(),
            input,
            output: vec![output],
            ..NodeProto::default()
        };
        nodes.push(step("Sub", vec![input.clone(), named("offset")], named("centred")));
        nodes.push(step("Mul", vec![named("centred"), named("scale")], output.clone()));
    }
    graph.node = nodes;
    Ok(())
}
