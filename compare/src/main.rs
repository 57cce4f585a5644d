//! The command under its first name, for `cargo run --bin compare` inside the repository: on a PATH it would shadow ImageMagick's, so
//! that what is installed is called `spikestep`.

fn main() -> std::process::ExitCode {
    spikestep::cli::main()
}
