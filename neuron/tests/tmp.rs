extern crate neuron as spikestep;
mod common {
    pub fn reference(p:&str)->std::path::PathBuf{ std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/reference").join(p)}
    pub fn json(p:&str)->serde_json::Value{ serde_json::from_reader(std::fs::File::open(reference(p)).unwrap()).unwrap()}
}
#[path="../../tests/numerics/arithmetic.rs"]
mod arithmetic;
