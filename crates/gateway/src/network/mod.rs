//! A model somebody brings as an ONNX file: read with suspicion, run on numbers.
//!
//! Goes in: the bytes of a file (ONNX, <https://onnx.ai>, with the `ai.onnx.ml` operators that scikit-learn, XGBoost and
//! LightGBM export) and what is expected of it. Comes out: a [`Network`] that turns one row of numbers into another, in
//! this process, by tract. Deliberately absent: what the numbers mean, and whether it may act.
//!
//! A file is not trusted: it is small, its operators are on a list without loops and without anything read from
//! elsewhere, and trees are walked by code of our own, checked before they are used (see `trees`).

mod graph;
mod trees;

use std::io::Cursor;
use std::sync::Arc;

use tract_onnx::pb::ModelProto;
use tract_onnx::prelude::{
    DatumExt as _, Framework as _, InferenceFact, InferenceModelExt as _, IntoRunnable as _, Tensor,
    TypedRunnableModel, tract_ndarray, tvec,
};

/// Largest file, in bytes.
pub const LARGEST_FILE: usize = 16 << 20;

/// Why a file is no network of ours, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetworkFault {
    /// Larger than [`LARGEST_FILE`].
    #[error(
        "the file has {bytes} bytes; at most {LARGEST_FILE} are read. Use fewer trees or a smaller network"
    )]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// Not an ONNX file.
    #[error(
        "this is not an ONNX file: {0}. Export the model with `skl2onnx`, `onnxmltools` or your framework's exporter"
    )]
    NotOnnx(String),
    /// An operator that is not on the list.
    #[error(
        "the operator `{0}` is not run here. Loops, branches and anything that reads elsewhere are refused; models of \
         scikit-learn, XGBoost and LightGBM with numbers as inputs are run"
    )]
    Operator(String),
    /// Weights in another file.
    #[error("the weights of `{0}` lie in another file; save the model with all weights inside")]
    ExternalData(String),
    /// Inputs are not one table of numbers.
    #[error(
        "the model must take one table of 32-bit floats with {wanted} columns, a row a customer; it takes {found}"
    )]
    Inputs {
        /// Columns wanted.
        wanted: usize,
        /// What it takes.
        found: String,
    },
    /// No output of the shape that is wanted.
    #[error(
        "no output is a table of {wanted} columns of 32-bit floats; there are: {found}. With skl2onnx, export with \
         `options={{\"zipmap\": False}}`"
    )]
    Outputs {
        /// Columns wanted.
        wanted: usize,
        /// What there is.
        found: String,
    },
    /// A tree that points nowhere, back, or at a column that is not there.
    #[error("a tree of the model is damaged: {0}; export it again")]
    Tree(&'static str),
    /// It cannot be run.
    #[error("the model cannot be run: {0}")]
    Run(String),
}

/// A network that is ready to run. Sharing is cheap; running needs no lock.
#[derive(Clone)]
pub struct Network {
    plan: Arc<TypedRunnableModel>,
    inputs: usize,
    outputs: usize,
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Network").field("inputs", &self.inputs).field("outputs", &self.outputs).finish()
    }
}

impl Network {
    /// Reads a file that takes `inputs` numbers and gives `outputs`.
    ///
    /// # Errors
    /// [`NetworkFault`]: the file is no such model, or does what is not run here.
    pub fn read(bytes: &[u8], inputs: usize, outputs: usize) -> Result<Self, NetworkFault> {
        if bytes.len() > LARGEST_FILE {
            return Err(NetworkFault::TooLarge { bytes: bytes.len() });
        }
        let network = contained(|| Self::ready(bytes, inputs, outputs))?;
        // A network that fails on every row is told of here and not at night.
        network.run(&vec![0.0; inputs])?;
        Ok(network)
    }

    fn ready(bytes: &[u8], inputs: usize, outputs: usize) -> Result<Self, NetworkFault> {
        let onnx = tract_onnx::onnx();
        let mut proto: ModelProto = onnx
            .proto_model_for_read(&mut Cursor::new(bytes))
            .map_err(|error| NetworkFault::NotOnnx(error.to_string()))?;
        let output = graph::keep_what_is_asked(&mut proto, inputs, outputs)?;
        let run = |error: tract_onnx::prelude::TractError| NetworkFault::Run(error.to_string());
        let fact = InferenceFact::from(f32::fact([1, inputs]));
        let mut model = onnx
            .model_for_proto_model(&proto)
            .and_then(|model| model.with_outputs_by_name([output.as_str()]))
            .and_then(|model| model.with_input_fact(0, fact))
            .and_then(|model| model.into_typed())
            .map_err(run)?;
        trees::replace(&mut model, inputs)?;
        let model = model.into_optimized().map_err(run)?;
        let shape = model.output_fact(0).map_err(run)?.shape.as_concrete().map(<[usize]>::to_vec);
        if shape.as_deref() != Some(&[1, outputs]) {
            let found = format!("{shape:?}");
            return Err(NetworkFault::Outputs { wanted: outputs, found });
        }
        Ok(Self { plan: model.into_runnable().map_err(run)?, inputs, outputs })
    }

    /// Numbers a row has.
    #[must_use]
    pub const fn inputs(&self) -> usize {
        self.inputs
    }

    /// What it makes of one row.
    ///
    /// # Errors
    /// [`NetworkFault::Run`] for a row of another length, or when the network cannot be run on it.
    pub fn run(&self, row: &[f32]) -> Result<Vec<f32>, NetworkFault> {
        let run = |error: String| NetworkFault::Run(error);
        let table = tract_ndarray::ArrayView2::from_shape((1, self.inputs), row)
            .map_err(|_| run(format!("{} numbers instead of {}", row.len(), self.inputs)))?;
        let input: Tensor = table.to_owned().into();
        let out = contained(|| self.plan.run(tvec![input.into()]).map_err(|error| run(error.to_string())))?;
        let out = out.first().ok_or_else(|| run("it gives nothing".to_owned()))?;
        let view = out.to_plain_array_view::<f32>().map_err(|error| run(error.to_string()))?;
        Ok(view.iter().copied().collect())
    }
}

/// Runs what may panic on a damaged file: tract looks up names and indexes without asking whether they are there.
fn contained<T>(work: impl FnOnce() -> Result<T, NetworkFault>) -> Result<T, NetworkFault> {
    let panicked = |_| Err(NetworkFault::Run("it is damaged; export it again".to_owned()));
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or_else(panicked)
}

#[cfg(test)]
mod tests;
