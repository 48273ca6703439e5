//! Files as exporters write them, made by hand, and what damage does to them.

use super::*;
use prost::Message as _;
use tract_onnx::pb::tensor_shape_proto::{Dimension, dimension::Value};
use tract_onnx::pb::{
    AttributeProto, GraphProto, NodeProto, OperatorSetIdProto, TensorProto, TensorShapeProto, TypeProto,
    ValueInfoProto, attribute_proto::AttributeType, tensor_proto::DataType, type_proto,
};

fn table(name: &str, kind: DataType, columns: i64) -> ValueInfoProto {
    let open = Dimension { denotation: String::new(), value: Some(Value::DimParam("rows".to_owned())) };
    let fixed = Dimension { denotation: String::new(), value: Some(Value::DimValue(columns)) };
    let shape = TensorShapeProto { dim: vec![open, fixed] };
    let tensor = type_proto::Tensor { elem_type: kind as i32, shape: Some(shape) };
    let r#type =
        Some(TypeProto { denotation: String::new(), value: Some(type_proto::Value::TensorType(tensor)) });
    ValueInfoProto { name: name.to_owned(), r#type, doc_string: String::new() }
}

fn node(op: &str, inputs: &[&str], outputs: &[&str], attribute: Vec<AttributeProto>) -> NodeProto {
    NodeProto {
        op_type: op.to_owned(),
        domain: if op == "Scaler" || op == "TreeEnsembleClassifier" { "ai.onnx.ml" } else { "" }.to_owned(),
        name: outputs.join("+"),
        input: inputs.iter().map(|name| (*name).to_owned()).collect(),
        output: outputs.iter().map(|name| (*name).to_owned()).collect(),
        attribute,
        ..NodeProto::default()
    }
}

fn attribute(name: &str, kind: AttributeType) -> AttributeProto {
    AttributeProto { name: name.to_owned(), r#type: kind as i32, ..AttributeProto::default() }
}

fn floats(name: &str, floats: &[f32]) -> AttributeProto {
    AttributeProto { floats: floats.to_vec(), ..attribute(name, AttributeType::Floats) }
}

fn ints(name: &str, ints: &[i64]) -> AttributeProto {
    AttributeProto { ints: ints.to_vec(), ..attribute(name, AttributeType::Ints) }
}

fn strings(name: &str, texts: &[&str]) -> AttributeProto {
    let strings = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    AttributeProto { strings, ..attribute(name, AttributeType::Strings) }
}

fn weights(name: &str, dims: &[i64], float_data: &[f32]) -> TensorProto {
    TensorProto {
        name: name.to_owned(),
        dims: dims.to_vec(),
        data_type: DataType::Float as i32,
        float_data: float_data.to_vec(),
        ..TensorProto::default()
    }
}

fn file(graph: GraphProto) -> Vec<u8> {
    let opset = |domain: &str, version| OperatorSetIdProto { domain: domain.to_owned(), version };
    let model = ModelProto {
        ir_version: 8,
        opset_import: vec![opset("", 15), opset("ai.onnx.ml", 3)],
        graph: Some(graph),
        ..ModelProto::default()
    };
    model.encode_to_vec()
}

/// Softmax of a scaled row times weights plus a shift: two columns in, three out.
fn linear() -> GraphProto {
    GraphProto {
        name: "linear".to_owned(),
        input: vec![table("x", DataType::Float, 2)],
        output: vec![table("label", DataType::Int64, 1), table("chances", DataType::Float, 3)],
        initializer: vec![
            weights("w", &[2, 3], &[1.0, 0.0, -1.0, 0.5, 0.5, 0.5]),
            weights("b", &[3], &[0.0, 1.0, 0.0]),
        ],
        node: vec![
            node("Scaler", &["x"], &["s"], vec![floats("offset", &[1.0, 2.0]), floats("scale", &[2.0, 0.5])]),
            node("MatMul", &["s", "w"], &["m"], Vec::new()),
            node("Add", &["m", "b"], &["z"], Vec::new()),
            node(
                "Softmax",
                &["z"],
                &["chances"],
                vec![AttributeProto { i: 1, ..attribute("axis", AttributeType::Int) }],
            ),
            // Nobody asks for it, so it may be anything.
            node("Loop", &["z"], &["label"], Vec::new()),
        ],
        ..GraphProto::default()
    }
}

/// Two trees over two columns, three classes. `yes` of the first question is an argument, so that it can be wrong.
fn trees(yes: i64) -> GraphProto {
    let attributes = vec![
        ints("nodes_treeids", &[0, 0, 0, 1, 1, 1]),
        ints("nodes_nodeids", &[0, 1, 2, 0, 1, 2]),
        ints("nodes_featureids", &[0, 0, 0, 1, 0, 0]),
        floats("nodes_values", &[0.5, 0.0, 0.0, -1.0, 0.0, 0.0]),
        strings("nodes_modes", &["BRANCH_LEQ", "LEAF", "LEAF", "BRANCH_LT", "LEAF", "LEAF"]),
        ints("nodes_truenodeids", &[yes, 0, 0, 1, 0, 0]),
        ints("nodes_falsenodeids", &[2, 0, 0, 2, 0, 0]),
        ints("nodes_missing_value_tracks_true", &[1, 0, 0, 0, 0, 0]),
        ints("class_treeids", &[0, 0, 1, 1]),
        ints("class_nodeids", &[1, 2, 1, 2]),
        ints("class_ids", &[0, 1, 2, 0]),
        floats("class_weights", &[0.75, 0.5, 0.25, 0.125]),
        ints("classlabels_int64s", &[0, 1, 2]),
        AttributeProto { s: b"NONE".to_vec(), ..attribute("post_transform", AttributeType::String) },
    ];
    GraphProto {
        name: "trees".to_owned(),
        input: vec![table("x", DataType::Float, 2)],
        output: vec![table("label", DataType::Int64, 1), table("chances", DataType::Float, 3)],
        node: vec![node("TreeEnsembleClassifier", &["x"], &["label", "chances"], attributes)],
        ..GraphProto::default()
    }
}

fn close(found: &[f32], wanted: &[f32]) {
    assert_eq!(found.len(), wanted.len());
    assert!(found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?} {wanted:?}");
}

#[test]
fn a_linear_model_gives_what_a_calculation_by_hand_gives() {
    let network = Network::read(&file(linear()), 2, 3).unwrap();
    // (2 - 1) x 2 = 2 and (4 - 2) x .5 = 1; times the weights: 2.5, .5 + 1, -1.5.
    let z = [2.5f32, 1.5, -1.5].map(f32::exp);
    let sum: f32 = z.iter().sum();
    close(&network.run(&[2.0, 4.0]).unwrap(), &z.map(|z| z / sum));
    assert!(network.run(&[2.0]).is_err(), "a row of another length");
}

#[test]
fn trees_vote_as_they_do_by_hand_and_know_what_is_missing() {
    let network = Network::read(&file(trees(1)), 2, 3).unwrap();
    close(&network.run(&[0.5, -2.0]).unwrap(), &[0.75, 0.0, 0.25]);
    close(&network.run(&[0.6, -1.0]).unwrap(), &[0.125, 0.5, 0.0]);
    close(&network.run(&[f32::NAN, f32::NAN]).unwrap(), &[0.875, 0.0, 0.0]);
}

#[test]
fn a_tree_that_goes_in_circles_or_outside_is_refused() {
    for yes in [0, 2, 900] {
        let error = Network::read(&file(trees(yes)), 2, 3).unwrap_err();
        assert!(matches!(error, NetworkFault::Tree(_)), "{yes}: {error}");
    }
    let narrow = GraphProto { input: vec![table("x", DataType::Float, 1)], ..trees(1) };
    assert!(matches!(Network::read(&file(narrow), 1, 3).unwrap_err(), NetworkFault::Tree(_)));
}

#[test]
fn loops_and_weights_in_other_files_are_refused() {
    let mut looped = linear();
    looped.node[3] = node("Loop", &["z"], &["chances"], Vec::new());
    assert_eq!(Network::read(&file(looped), 2, 3).unwrap_err(), NetworkFault::Operator("Loop".to_owned()));
    let mut outside = linear();
    outside.initializer[0].data_location = Some(1);
    assert_eq!(Network::read(&file(outside), 2, 3).unwrap_err(), NetworkFault::ExternalData("w".to_owned()));
}

#[test]
fn what_does_not_fit_says_what_it_has() {
    let error = Network::read(&file(linear()), 5, 3).unwrap_err().to_string();
    assert!(error.contains("5 columns") && error.contains("`x` (floats, 2 columns)"), "{error}");
    let error = Network::read(&file(linear()), 2, 6).unwrap_err().to_string();
    assert!(error.contains("6 columns") && error.contains("`chances` (floats, 3 columns)"), "{error}");
    assert!(matches!(Network::read(b"id,amount\n1,2\n", 2, 3).unwrap_err(), NetworkFault::NotOnnx(_)));
    assert!(matches!(
        Network::read(&vec![0; LARGEST_FILE + 1], 2, 3).unwrap_err(),
        NetworkFault::TooLarge { .. }
    ));
}

proptest::proptest! {
    #[test]
    fn a_damaged_file_is_refused_or_runs_and_never_ends_the_program(
        at in 0usize..4_000, byte in 0u8..=255, of_trees: bool,
    ) {
        let mut bytes = file(if of_trees { trees(1) } else { linear() });
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(network) = Network::read(&bytes, 2, 3) {
            let _ = network.run(&[0.5, 1.0]);
        }
    }
}
