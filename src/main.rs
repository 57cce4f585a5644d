//! The command under the name it is installed by.

fn main() -> std::process::ExitCode {
    spikestep::cli::main()
}
