#if canImport(Glibc)
  import Glibc

  /// Memory that was freed is used again rather than given back and asked for anew.
  ///
  /// Stages read and write in chunks of a megabyte or two, each of which glibc would map afresh: filling new
  /// pages took a fifth of a run's time.
  enum FreedMemory {
    private typealias Mallopt = @convention(c) (CInt, CInt) -> CInt

    /// Sets glibc's allocator; numbers of its parameters are those of `malloc.h`.
    static func keep() {
      guard let symbol = dlsym(nil, "mallopt") else { return }
      let set = unsafeBitCast(symbol, to: Mallopt.self)
      let (trimThreshold, mmapThreshold, arenaMax): (CInt, CInt, CInt) = (-1, -3, -8)
      _ = set(mmapThreshold, 8 << 20)
      _ = set(trimThreshold, 64 << 20)
      // What one thread frees helps another only in the same arena.
      _ = set(arenaMax, CInt(max(2, sysconf(CInt(_SC_NPROCESSORS_ONLN)))))
    }
  }
#else
  /// Other allocators than glibc's are left as they are.
  enum FreedMemory {
    static func keep() {}
  }
#endif
