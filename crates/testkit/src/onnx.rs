//! A model from elsewhere, as a file: chances looked up by the stage somebody is in.
//!
//! Goes in: a table. Comes out: the bytes of an ONNX file with one tree that asks for the stage, as exporters of tree
//! models write it.

use prost::Message as _;
use terms::stage::Stage;
use tract_onnx::pb::tensor_shape_proto::{Dimension, dimension::Value};
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorShapeProto, TypeProto,
    ValueInfoProto, attribute_proto::AttributeType, tensor_proto::DataType, type_proto,
};

fn table(name: &str, kind: DataType, columns: usize) -> ValueInfoProto {
    let fixed = |n: usize| Dimension { value: Some(Value::DimValue(n as i64)), ..Dimension::default() };
    let dim = vec![Dimension::default(), fixed(columns)];
    let tensor = type_proto::Tensor { elem_type: kind as i32, shape: Some(TensorShapeProto { dim }) };
    let value = Some(type_proto::Value::TensorType(tensor));
    let r#type = Some(TypeProto { value, ..TypeProto::default() });
    ValueInfoProto { name: name.to_owned(), r#type, ..ValueInfoProto::default() }
}

fn attribute(name: &str, kind: AttributeType) -> AttributeProto {
    AttributeProto { name: name.to_owned(), r#type: kind as i32, ..AttributeProto::default() }
}

/// One column, the stage; six chances out, those of its row. Question `2 i` asks whether the stage is `i` or below.
#[must_use]
pub fn by_stage(chances: &[[f32; Stage::COUNT]; Stage::COUNT]) -> Vec<u8> {
    let ints = |name: &str, ints: Vec<i64>| AttributeProto { ints, ..attribute(name, AttributeType::Ints) };
    let floats =
        |name: &str, floats: Vec<f32>| AttributeProto { floats, ..attribute(name, AttributeType::Floats) };
    // Nodes 0, 2, 4, ... are questions, 1, 3, 5, ... and the last one leaves.
    let last = 2 * (Stage::COUNT as i64 - 1);
    let nodes: Vec<i64> = (0..=last).collect();
    let asks = |node: &i64| node % 2 == 0 && *node < last;
    let each = |of: &dyn Fn(i64) -> i64| -> Vec<i64> {
        nodes.iter().map(|node| if asks(node) { of(*node) } else { 0 }).collect()
    };
    let modes = nodes.iter().map(|node| if asks(node) { b"BRANCH_LEQ".to_vec() } else { b"LEAF".to_vec() });
    let leaf_of = |stage: usize| (2 * stage as i64 + 1).min(last);
    let leaves: Vec<(i64, i64, f32)> = chances
        .iter()
        .enumerate()
        .flat_map(|(stage, row)| {
            row.iter().enumerate().map(move |(next, p)| (leaf_of(stage), next as i64, *p))
        })
        .collect();
    let mut attributes = vec![
        ints("nodes_treeids", vec![0; nodes.len()]),
        ints("nodes_nodeids", nodes.clone()),
        ints("nodes_featureids", vec![0; nodes.len()]),
        floats("nodes_values", nodes.iter().map(|node| (node / 2) as f32 + 0.5).collect()),
        ints("nodes_truenodeids", each(&|node| node + 1)),
        ints("nodes_falsenodeids", each(&|node| node + 2)),
        ints("class_treeids", vec![0; leaves.len()]),
        ints("class_nodeids", leaves.iter().map(|leaf| leaf.0).collect()),
        ints("class_ids", leaves.iter().map(|leaf| leaf.1).collect()),
        floats("class_weights", leaves.iter().map(|leaf| leaf.2).collect()),
        ints("classlabels_int64s", (0..Stage::COUNT as i64).collect()),
    ];
    attributes.push(AttributeProto {
        strings: modes.collect(),
        ..attribute("nodes_modes", AttributeType::Strings)
    });
    attributes
        .push(AttributeProto { s: b"NONE".to_vec(), ..attribute("post_transform", AttributeType::String) });
    let node = NodeProto {
        op_type: "TreeEnsembleClassifier".to_owned(),
        domain: "ai.onnx.ml".to_owned(),
        input: vec!["x".to_owned()],
        output: vec!["label".to_owned(), "chances".to_owned()],
        attribute: attributes,
        ..NodeProto::default()
    };
    let graph = GraphProto {
        name: "by stage".to_owned(),
        input: vec![table("x", DataType::Float, 1)],
        output: vec![table("chances", DataType::Float, Stage::COUNT)],
        node: vec![node],
        ..GraphProto::default()
    };
    let opset = |domain: &str, version| OperatorSetIdProto { domain: domain.to_owned(), version };
    let model = ModelProto {
        ir_version: 8,
        opset_import: vec![opset("", 15), opset("ai.onnx.ml", 3)],
        graph: Some(graph),
        ..ModelProto::default()
    };
    model.encode_to_vec()
}
