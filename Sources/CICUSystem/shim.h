// Empty on purpose: this target carries ICU's compiler and linker flags. ICU's headers must never
// reach Swift, where they clash with Foundation's own copy of ICU; see CICU.
