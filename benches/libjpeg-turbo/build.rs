//! Compiles `shim.c` where libjpeg-turbo and its headers are installed (Debian's `libjpeg62-turbo-dev`); says so where they are not,
//! and leaves the crate without it.

use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=src/shim.c");
    println!("cargo:rustc-check-cfg=cfg(libjpeg_turbo)");
    if let Err(reason) = compile() {
        println!("cargo:warning=comparisons with libjpeg-turbo are left out: {reason}");
    }
}

fn compile() -> Result<(), String> {
    let mut build = cc::Build::new();
    build.file("src/shim.c").opt_level(2).warnings(true).extra_warnings(true).cargo_warnings(false);
    let compiler = build.try_get_compiler().map_err(|error| error.to_string())?;
    // A compiler answers with the bare name when it does not find the file.
    let found = compiler.to_command().arg("-print-file-name=libjpeg.so").output().map_err(|error| error.to_string())?;
    if !Path::new(String::from_utf8_lossy(&found.stdout).trim()).is_absolute() {
        return Err("there is no libjpeg.so (Debian: libjpeg62-turbo-dev)".to_owned());
    }
    // Code that tests and benchmarks alone use, in whatever profile.
    build.try_compile("masthead_libjpeg_turbo_shim").map_err(|error| {
        let reason = error.to_string();
        format!(
            "src/shim.c does not compile (Debian: libjpeg62-turbo-dev): {}",
            reason.lines().next().unwrap_or_default()
        )
    })?;
    println!("cargo:rustc-link-lib=dylib=jpeg");
    println!("cargo:rustc-cfg=libjpeg_turbo");
    Ok(())
}
