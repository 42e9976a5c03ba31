import Models
public import Records
import Stages
import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What the machine offers and where things are looked for.
public struct Doctor: Sendable {
  /// One line of the examination.
  public struct Finding: Sendable {
    /// How serious it is.
    public enum Grade: String, Sendable { case good, note, fault }

    /// How serious it is.
    public let grade: Grade
    /// What was looked at.
    public let topic: String
    /// What was found.
    public let text: String
    /// What to do about it.
    public let remedy: String?
  }

  /// The findings in the order shown.
  public let findings: [Finding]

  /// Examines the machine.
  public init() {
    findings =
      [Self.processor, Self.tiles, Self.openBLAS, Self.memory] + Self.caches + [Self.wordNet]
  }

  /// Whether nothing is seriously wrong.
  public var isHealthy: Bool { !findings.contains { $0.grade == .fault } }

  /// The findings for machines.
  public var json: JSONValue {
    .array(
      findings.map {
        [
          "topic": .string($0.topic), "grade": .string($0.grade.rawValue),
          "text": .string($0.text), "remedy": $0.remedy.map { .string($0) } ?? .null,
        ]
      })
  }

  private static var processor: Finding {
    let online = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    let text = "\(Machine.processor), \(online) cores, kernels for \(Engine.instructions)"
    guard let fault = Engine.instructionsFault else {
      return Finding(
        grade: Engine.instructions == "portable" ? .note : .good, topic: "processor", text: text,
        remedy: nil)
    }
    return Finding(
      grade: .fault, topic: "processor", text: "\(text); \(fault)",
      remedy: "unset ANNEAL_ISA, or set it to what the processor has")
  }

  private static var tiles: Finding {
    let fault = Engine.tilesFault
    return Finding(
      grade: .good, topic: "precision",
      text: fault.map { "fp32: \($0)" } ?? "bf16x3 unless asked otherwise: AMX works",
      remedy: nil)
  }

  private static var openBLAS: Finding {
    guard let core = Engine.openBLASCore else {
      return Finding(
        grade: .note, topic: "OpenBLAS",
        text: "not installed; only processors without AVX2 would use it",
        remedy: "apt-get install libopenblas0-pthread")
    }
    // These are what OpenBLAS falls back to on a processor newer than itself.
    let isFallback = ["prescott", "core2", "generic"].contains(core.lowercased())
    return Finding(
      grade: isFallback && Engine.instructions != "portable" ? .fault : .good, topic: "OpenBLAS",
      text: "kernels for \(core)",
      remedy: isFallback ? "set OPENBLAS_CORETYPE to Haswell or SkylakeX, or upgrade OpenBLAS" : nil
    )
  }

  private static var memory: Finding {
    Finding(
      grade: .good, topic: "memory", text: "\(Machine.memory >> 20) MiB", remedy: nil)
  }

  private static var caches: [Finding] {
    let locator = ModelLocator()
    let models = locator.knownModels.map(\.name)
    return [
      Finding(grade: .good, topic: "model cache", text: locator.modelCache, remedy: nil),
      Finding(grade: .good, topic: "hub cache", text: locator.hubCache, remedy: nil),
      Finding(
        grade: models.isEmpty ? .note : .good, topic: "models",
        text: models.isEmpty ? "none yet" : models.joined(separator: ", "),
        remedy: models.isEmpty ? "./quickstart fetches all-MiniLM-L6-v2" : nil),
    ]
  }

  private static var wordNet: Finding {
    let folder = "/usr/share/wordnet"
    let isThere = Folders.exists("\(folder)/index.noun")
    return Finding(
      grade: isThere ? .good : .note, topic: "WordNet", text: isThere ? folder : "not installed",
      remedy: isThere ? nil : "apt-get install wordnet-base, for augment.synonyms")
  }
}

/// What this machine is, for reports and the doctor.
enum Machine {
  /// The processor's name as the kernel gives it.
  static var processor: String {
    guard let bytes = try? FileReader.contents("/proc/cpuinfo") else { return "unknown processor" }
    let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      .first { $0.hasPrefix("model name") || $0.hasPrefix("Hardware") }
    let name = line?.split(separator: ":", maxSplits: 1).last ?? "unknown processor"
    return String(name.drop { $0 == " " || $0 == "\t" })
  }

  /// The memory that is built in, in bytes.
  static var memory: Int { sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) }

  /// The memory that programs can have now, in bytes; half of all where the system does not tell.
  static var availableMemory: Int {
    let text = (try? FileReader.contents("/proc/meminfo")).map {
      String(decoding: $0, as: UTF8.self)
    }
    let line = text?.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return kilobytes.map { $0 * 1024 } ?? memory / 2
  }

  /// The most memory this process has held, in bytes.
  static var peakMemory: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }
}
