//! The command under the name it is installed by: `compare` on a PATH would shadow ImageMagick's.

fn main() -> std::process::ExitCode {
    spikestep::cli::main()
}
