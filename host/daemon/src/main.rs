//! The host's binary; everything is in the library, so that tests can run a whole host in process.

fn main() -> std::process::ExitCode {
    punktfunk_media::heap::keep_few_arenas();
    punktfunk_host::cli::run()
}
