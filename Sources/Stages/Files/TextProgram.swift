#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A program that reads bytes on its standard input and writes text, run within limits.
package struct TextProgram {
  /// How a run of the program ended.
  package struct Result {
    /// What it wrote.
    package var output: [UInt8] = []
    /// The exit status; nil where it was ended by a signal.
    package var status: Int32?
    /// The first line of what it complained of.
    package var complaint = ""
    /// Whether it was ended for taking too long.
    package var isLate = false
    /// Whether it was ended for writing too much.
    package var isTooLong = false
    /// Whether it was ended because the user asked to stop.
    package var isStopped = false
  }

  /// What the program finds in its environment.
  package enum Environment {
    /// The same wherever it is run, so that what it writes does not depend on the language of whoever runs it.
    case plain
    /// These, as `NAME=value`.
    case variables([String])
  }

  /// The path of the program.
  package let path: String
  private let environment: Environment
  private let isStoppable: Bool
  /// Seconds after which it is ended.
  let seconds: Double
  /// Bytes after which it is ended.
  let mostBytes: Int

  /// A program and what it may take.
  /// - Parameter isStoppable: Whether it is ended where the user asks to stop; else what it does is done first.
  package init(
    path: String, seconds: Double, mostBytes: Int, environment: Environment = .plain,
    isStoppable: Bool = false
  ) {
    self.environment = environment
    self.isStoppable = isStoppable
    self.path = path
    self.seconds = seconds
    self.mostBytes = mostBytes
  }

  /// The path of a program of a name in the folders of `PATH`; nil where it is in none.
  package static func find(_ name: String, in folders: String? = nil) -> String? {
    let folders = folders ?? getenv("PATH").map { String(cString: $0) } ?? ""
    return folders.split(separator: ":").map { "\($0)/\(name)" }
      .first { access($0, X_OK) == 0 && !Folders.isFolder($0) }
  }

  /// Runs the program with some bytes on its standard input.
  /// - Throws: `FileError` where it cannot be started.
  package func run(_ arguments: [String], input: [UInt8]) throws(FileError) -> Result {
    let source = try ScratchFile.open(in: FilePaths.temporary)
    let complaints = try ScratchFile.open(in: FilePaths.temporary)
    defer {
      close(source)
      close(complaints)
    }
    try Self.write(input, to: source)
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw FileError("run", path) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    let child = spawn(arguments, input: source, output: ends[1], errors: complaints)
    close(ends[1])
    guard let child else { throw FileError("run", path) }
    var result = read(from: ends[0])
    // What it started is ended with it.
    if result.isLate || result.isTooLong || result.isStopped { kill(-child, SIGKILL) }
    result.status = Self.wait(for: child)
    result.complaint = Self.firstLine(of: complaints)
    return result
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) throws(FileError) {
    let isWritten = bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let step = systemWrite(
          descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
        if step > 0 { done += step } else if errno != EINTR { return false }
      }
      return true
    }
    guard isWritten, lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw FileError("write", "a temporary file")
    }
  }

  private func spawn(
    _ arguments: [String], input: Int32, output: Int32, errors: Int32
  ) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (place, descriptor) in [input, output, errors].enumerated() {
      posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(place))
    }
    var words = Self.cStrings([path] + arguments)
    var environment = Self.cStrings(variables)
    defer { for text in words + environment { free(text) } }
    var attributes = Self.attributes()
    defer { posix_spawnattr_destroy(&attributes) }
    var child: pid_t = 0
    let status = posix_spawn(&child, path, &actions, &attributes, &words, &environment)
    return status == 0 ? child : nil
  }

  /// A group of its own, which Ctrl-C does not reach, so that it is this program that ends it; and the
  /// signals as they are by default, which this program may have changed for itself.
  private static func attributes() -> posix_spawnattr_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    posix_spawnattr_setpgroup(&attributes, 0)
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM, SIGPIPE] { sigaddset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    let flags = Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGDEF)
    posix_spawnattr_setflags(&attributes, Int16(flags))
    return attributes
  }

  private var variables: [String] {
    switch environment {
    case .plain: ["LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin"]
    case .variables(let variables): variables
    }
  }

  /// Copies of texts as C has lists of them, for the caller to free.
  private static func cStrings(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
    var pointers: [UnsafeMutablePointer<CChar>?] = []
    for text in texts { pointers.append(strdup(text)) }
    return pointers + [nil]
  }

  /// Reads up to the end, a limit, or the user's wish to stop, which is asked about once a second.
  private func read(from descriptor: Int32) -> Result {
    var result = Result()
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      if isStoppable, Interruption.isRequested {
        result.isStopped = true
        return result
      }
      let rest = clock.now.duration(to: end)
      let milliseconds =
        rest.components.seconds * 1000
        + rest.components.attoseconds / 1_000_000_000_000_000
      guard milliseconds > 0 else {
        result.isLate = true
        return result
      }
      var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&wait, 1, Int32(min(milliseconds, 1000))) != 0 else { continue }
      let count = systemRead(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return result }
      result.output += chunk[..<count]
      if result.output.count > mostBytes {
        result.isTooLong = true
        return result
      }
    }
  }

  /// The exit status of a program that has ended; nil where a signal ended it.
  private static func wait(for child: pid_t) -> Int32? {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : nil
  }

  private static func firstLine(of descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 2000)
    let count = max(0, pread(descriptor, &bytes, bytes.count, 0))
    return String(decoding: bytes[..<count].prefix { $0 != 0x0A }, as: UTF8.self)
  }
}

/// Reads bytes of a file; within the type above, `read` is a method.
private func systemRead(
  _ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int
) -> Int {
  read(descriptor, bytes, count)
}

/// Writes bytes to a file; within the type above, `write` is a method.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
