//! The command under its first name, for `cargo run --bin compare` inside the repository.

fn main() -> std::process::ExitCode {
    spikestep::cli::main()
}
