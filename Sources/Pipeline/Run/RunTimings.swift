import Records
import Stages
import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// `timings.json`: the one file of a run that holds times and the machine.
struct RunTimings {
  var stages: [StageResult] = []
  /// How long training took, in this run or an earlier one; nil where nothing is trained.
  var training: JSONValue?
  let memory = StageMemory()
  private let threads: Int
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant

  init(threads: Int) {
    self.threads = threads
    start = clock.now
  }

  /// Seconds since the run began.
  var seconds: Double { (clock.now - start) / .seconds(1) }

  /// Writes the file; a run that did nothing keeps the times of the one that did the work.
  func write(to folder: String, keepingOld: Bool) throws {
    let path = "\(folder)/timings.json"
    if keepingOld, Folders.exists(path) { return }
    try AtomicFile.write(JSONValue.object(object).prettyText.utf8, to: path)
  }

  private var object: JSONObject {
    var object: JSONObject = [
      "version": .string(AnnealVersion.current), "finished": .string(Self.now),
      "total_seconds": .real(seconds), "peak_memory_bytes": .integer(memory.highest),
      "stages": .array(stages.map(json)),
    ]
    if let training { object["training"] = training }
    object["machine"] = [
      "cpu": .string(Machine.processor), "threads": .integer(threads),
      "instructions": .string(Engine.instructions),
      "blas": Engine.productCore.map { .string($0) } ?? .null,
    ]
    return object
  }

  private func json(_ stage: StageResult) -> JSONValue {
    let rate = stage.seconds > 0 ? Double(stage.counts.incoming) / stage.seconds : 0
    var object: JSONObject = [
      "name": .string(stage.label), "seconds": .real(stage.seconds), "cached": .bool(stage.cached),
      "records_per_second": .real(rate.rounded()),
    ]
    if let bytes = memory.of(stage.label) { object["peak_memory_bytes"] = .integer(bytes) }
    if let spent = stage.spent { object["spent"] = .object(spent.json) }
    return .object(object)
  }

  /// The time of day in UTC, as ISO 8601 has it.
  private static var now: String {
    var seconds = time(nil)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    var buffer = [CChar](repeating: 0, count: 32)
    let length = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
    return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
