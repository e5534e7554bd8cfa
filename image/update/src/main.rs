//! `punktfunk-update`: see [`punktfunk_update::cli`].

fn main() -> std::process::ExitCode {
    punktfunk_update::cli::run()
}
