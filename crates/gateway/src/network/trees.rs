//! Trees of a model, walked by our own code.
//!
//! tract's evaluation of `TreeEnsembleClassifier` (0.23.9) trusts the file: it indexes without bounds and follows
//! children wherever they point; and it finds a leaf's weights by stepping over all leaves before it, so that a row
//! costs milliseconds where it could cost microseconds. Its reading of the file is kept, its walking replaced: every
//! index is checked once, and a child must come after its parent, so that each walk ends.

use std::sync::Arc;

use tract_onnx::prelude::{DatumExt as _, IntoTValue as _, TypedModel, tract_ndarray::Array2};
use tract_onnx::tract_core::internal::{
    EvalContext, EvalOp, Op, StaticName, TValue, TVec, Tensor, TractResult, TypedFact, TypedOp, as_op,
    op_as_typed_op, op_out_of_plan, tvec,
};
use tract_onnx_opl::ml::tree_ensemble_classifier::{Aggregate, TreeEnsembleClassifier};

use super::NetworkFault;

/// How a question compares, as tract numbers it; 0 is a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Compare {
    Equal,
    NotEqual,
    Less,
    Greater,
    LessEqual,
    GreaterEqual,
}

/// A question of a tree, or its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Node {
    /// Goes to `yes` or `no`. The bound is kept as bits, because floats are not hashed.
    Question { column: u32, bound: u32, compare: Compare, unknown_is_yes: bool, yes: u32, no: u32 },
    /// Adds the weights from `from` to `to`.
    Leaf { from: u32, to: u32 },
}

/// Trees that were checked: every walk ends, and points nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Trees {
    roots: Arc<[u32]>,
    nodes: Arc<[Node]>,
    /// Class, and the weight's bits.
    weights: Arc<[(u32, u32)]>,
    classes: usize,
}

/// Puts our trees in the place of tract's.
pub(super) fn replace(model: &mut TypedModel, columns: usize) -> Result<(), NetworkFault> {
    for node in model.nodes_mut() {
        if let Some(theirs) = node.op.downcast_ref::<TreeEnsembleClassifier>() {
            node.op = Box::new(Trees::checked(theirs, columns)?);
        }
    }
    Ok(())
}

fn numbers(tensor: &Tensor) -> Result<Vec<u32>, NetworkFault> {
    let view =
        tensor.to_plain_array_view::<u32>().map_err(|_| NetworkFault::Tree("its tables cannot be read"))?;
    Ok(view.iter().copied().collect())
}

impl Trees {
    fn checked(theirs: &TreeEnsembleClassifier, columns: usize) -> Result<Self, NetworkFault> {
        let ensemble = &theirs.ensemble;
        if !matches!(ensemble.aggregate_fn, Aggregate::Sum) {
            return Err(NetworkFault::Tree("its votes are not summed"));
        }
        let nodes: Vec<Node> = numbers(&ensemble.data.nodes)?
            .chunks_exact(5)
            .map(|row| match *row {
                [column, yes, no, bound, flags] => node(column, yes, no, bound, flags),
                _ => Err(NetworkFault::Tree("its tables are cut off")),
            })
            .collect::<Result<_, _>>()?;
        let weights: Vec<(u32, u32)> = numbers(&ensemble.data.leaves)?
            .chunks_exact(2)
            .filter_map(|row| match *row {
                [class, weight] => Some((class, weight)),
                _ => None,
            })
            .collect();
        let roots = numbers(&ensemble.data.trees)?;
        if weights.iter().any(|(class, _)| *class as usize >= ensemble.n_classes) {
            return Err(NetworkFault::Tree("a leaf votes for a class there is not"));
        }
        let mut reached = vec![false; nodes.len()];
        let mut open = roots.clone();
        while let Some(at) = open.pop() {
            match reached.get_mut(at as usize) {
                Some(seen) if !*seen => *seen = true,
                Some(_) => return Err(NetworkFault::Tree("a question is reached twice")),
                None => return Err(NetworkFault::Tree("a question points outside of the model")),
            }
            match nodes.get(at as usize) {
                Some(Node::Question { column, .. }) if *column as usize >= columns => {
                    return Err(NetworkFault::Tree("a question asks for a column there is not"));
                }
                Some(Node::Question { yes, no, .. }) => open.extend([*yes, *no]),
                Some(Node::Leaf { from, to }) if from <= to && *to as usize <= weights.len() => {}
                _ => return Err(NetworkFault::Tree("a leaf points outside of the model")),
            }
        }
        Ok(Self {
            roots: roots.into(),
            nodes: nodes.into(),
            weights: weights.into(),
            classes: ensemble.n_classes,
        })
    }

    /// Adds what every tree says of a row.
    fn vote(&self, row: &[f32], votes: &mut [f32]) {
        for root in self.roots.iter() {
            let mut at = *root;
            let (from, to) = loop {
                match self.nodes.get(at as usize) {
                    Some(Node::Question { column, bound, compare, unknown_is_yes, yes, no }) => {
                        let value = row.get(*column as usize).copied().unwrap_or(f32::NAN);
                        let bound = f32::from_bits(*bound);
                        let holds = match compare {
                            _ if value.is_nan() => *unknown_is_yes,
                            Compare::Equal => value == bound,
                            Compare::NotEqual => value != bound,
                            Compare::Less => value < bound,
                            Compare::Greater => value > bound,
                            Compare::LessEqual => value <= bound,
                            Compare::GreaterEqual => value >= bound,
                        };
                        at = if holds { *yes } else { *no };
                    }
                    Some(Node::Leaf { from, to }) => break (*from, *to),
                    None => break (0, 0),
                }
            };
            for (class, weight) in self.weights.get(from as usize..to as usize).unwrap_or_default() {
                if let Some(vote) = votes.get_mut(*class as usize) {
                    *vote += f32::from_bits(*weight);
                }
            }
        }
    }
}

fn node(a: u32, yes: u32, no: u32, bound: u32, flags: u32) -> Result<Node, NetworkFault> {
    let compare = match flags & 0xff {
        0 => return Ok(Node::Leaf { from: a, to: yes }),
        1 => Compare::Equal,
        2 => Compare::NotEqual,
        3 => Compare::Less,
        4 => Compare::Greater,
        5 => Compare::LessEqual,
        6 => Compare::GreaterEqual,
        _ => return Err(NetworkFault::Tree("a question compares in no known way")),
    };
    Ok(Node::Question { column: a, bound, compare, unknown_is_yes: flags & 0x100 != 0, yes, no })
}

impl Op for Trees {
    fn name(&self) -> StaticName {
        "Trees".into()
    }

    op_as_typed_op!();
}

impl EvalOp for Trees {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let mut votes: Vec<f32> = Vec::new();
        let mut rows = 0;
        if let Some(input) = inputs.first() {
            let input = input.cast_to::<f32>()?;
            let input = input.to_plain_array_view::<f32>()?;
            rows = input.shape().first().copied().unwrap_or(0);
            votes.resize(rows * self.classes, 0.0);
            for (row, votes) in input.outer_iter().zip(votes.chunks_mut(self.classes.max(1))) {
                match row.as_slice() {
                    Some(row) => self.vote(row, votes),
                    None => self.vote(&row.iter().copied().collect::<Vec<f32>>(), votes),
                }
            }
        }
        let votes: Tensor = Array2::from_shape_vec((rows, self.classes), votes)?.into();
        Ok(tvec!(votes.into_tvalue()))
    }
}

impl TypedOp for Trees {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        let rows = inputs.iter().filter_map(|input| input.shape.iter().next().cloned()).next();
        Ok(tvec!(f32::fact([rows.unwrap_or_else(|| 1.into()), self.classes.into()])))
    }

    as_op!();
}
