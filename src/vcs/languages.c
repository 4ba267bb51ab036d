/*
 * Languages, by how files are called. Data and texts are none: a repository is what is programmed
 * in it.
 */
#include "internal.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *ending, *name;
} endings[] = {
    { "ada", "Ada" },           { "adb", "Ada" },         { "ads", "Ada" },
    { "agda", "Agda" },         { "asm", "Assembly" },    { "awk", "Awk" },
    { "bash", "Shell" },        { "bzl", "Starlark" },    { "c", "C" },
    { "c++", "C++" },           { "cc", "C++" },          { "cl", "OpenCL" },
    { "clj", "Clojure" },       { "cljs", "Clojure" },    { "cmake", "CMake" },
    { "coffee", "CoffeeScript" }, { "cpp", "C++" },       { "cr", "Crystal" },
    { "cs", "C#" },             { "css", "CSS" },         { "cu", "CUDA" },
    { "cuh", "CUDA" },          { "cxx", "C++" },         { "d", "D" },
    { "dart", "Dart" },         { "el", "Emacs Lisp" },   { "elm", "Elm" },
    { "erl", "Erlang" },        { "ex", "Elixir" },       { "exs", "Elixir" },
    { "f", "Fortran" },         { "f03", "Fortran" },     { "f08", "Fortran" },
    { "f90", "Fortran" },       { "f95", "Fortran" },     { "fish", "Shell" },
    { "for", "Fortran" },       { "frag", "GLSL" },       { "fs", "F#" },
    { "fsx", "F#" },            { "glsl", "GLSL" },       { "go", "Go" },
    { "gradle", "Gradle" },     { "groovy", "Groovy" },   { "h", "C" },
    { "h++", "C++" },           { "hcl", "HCL" },         { "hh", "C++" },
    { "hip", "HIP" },           { "hlsl", "HLSL" },       { "hpp", "C++" },
    { "hrl", "Erlang" },        { "hs", "Haskell" },      { "htm", "HTML" },
    { "html", "HTML" },         { "hxx", "C++" },         { "ipynb", "Jupyter Notebook" },
    { "java", "Java" },         { "jl", "Julia" },        { "js", "JavaScript" },
    { "jsx", "JavaScript" },    { "kt", "Kotlin" },       { "kts", "Kotlin" },
    { "l", "Lex" },             { "lean", "Lean" },       { "less", "Less" },
    { "lhs", "Haskell" },       { "lisp", "Common Lisp" }, { "lsp", "Common Lisp" },
    { "lua", "Lua" },           { "m", "MATLAB" },        { "metal", "Metal" },
    { "mjs", "JavaScript" },    { "mk", "Makefile" },     { "ml", "OCaml" },
    { "mli", "OCaml" },         { "mm", "Objective-C++" }, { "nim", "Nim" },
    { "nix", "Nix" },           { "nf", "Nextflow" },     { "pas", "Pascal" },
    { "php", "PHP" },           { "pl", "Perl" },         { "pm", "Perl" },
    { "pro", "IDL" },           { "proto", "Protocol Buffers" }, { "ps1", "PowerShell" },
    { "purs", "PureScript" },   { "py", "Python" },       { "pyi", "Python" },
    { "pyx", "Cython" },        { "pxd", "Cython" },      { "r", "R" },
    { "rb", "Ruby" },           { "rkt", "Racket" },      { "rmd", "R Markdown" },
    { "rs", "Rust" },           { "s", "Assembly" },      { "sage", "Sage" },
    { "sas", "SAS" },           { "scala", "Scala" },     { "scm", "Scheme" },
    { "scss", "SCSS" },         { "sh", "Shell" },        { "smk", "Snakemake" },
    { "sml", "Standard ML" },   { "sol", "Solidity" },    { "sql", "SQL" },
    { "stan", "Stan" },         { "sv", "SystemVerilog" }, { "svelte", "Svelte" },
    { "swift", "Swift" },       { "tcl", "Tcl" },         { "tex", "TeX" },
    { "tf", "HCL" },            { "thy", "Isabelle" },    { "ts", "TypeScript" },
    { "tsx", "TypeScript" },    { "v", "Verilog" },       { "vert", "GLSL" },
    { "vhd", "VHDL" },          { "vhdl", "VHDL" },       { "vim", "Vim Script" },
    { "vue", "Vue" },           { "wgsl", "WGSL" },       { "y", "Yacc" },
    { "zig", "Zig" },           { "zsh", "Shell" },
};

static const struct {
    const char *file, *name;
} files[] = {
    { "CMakeLists.txt", "CMake" }, { "Dockerfile", "Dockerfile" }, { "GNUmakefile", "Makefile" },
    { "Jenkinsfile", "Groovy" },   { "Makefile", "Makefile" },     { "makefile", "Makefile" },
    { "BUILD", "Starlark" },       { "Rakefile", "Ruby" },         { "Snakefile", "Snakemake" },
    { "meson.build", "Meson" },    { "configure.ac", "M4" },
};

const char *vcs_language_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    size_t i;

    for (i = 0; i < ARRAY_LEN(files); i++)
        if (strcmp(name, files[i].file) == 0)
            return files[i].name;
    if (!dot || dot == name)
        return NULL;
    for (i = 0; i < ARRAY_LEN(endings); i++)
        if (strcasecmp(dot + 1, endings[i].ending) == 0)
            return endings[i].name;
    return NULL;
}

bool vcs_is_vendored(const char *path)
{
    static const char *const folders[] = { "vendor",      "node_modules", "third_party",
                                           "third-party", "thirdparty",   "external",
                                           "extern",      "dist",         "site-packages",
                                           "bower_components" };
    const char *at = path, *slash;
    size_t i;

    for (; (slash = strchr(at, '/')); at = slash + 1)
        for (i = 0; i < ARRAY_LEN(folders); i++)
            if (strlen(folders[i]) == (size_t)(slash - at)
                && strncasecmp(at, folders[i], (size_t)(slash - at)) == 0)
                return true;
    return str_ends(path, ".min.js") || str_ends(path, ".min.css");
}
