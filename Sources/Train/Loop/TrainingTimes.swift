import Records
import Stages

/// How long a training took, over all processes that had a part in it.
///
/// It lies beside a checkpoint's state, in a file of its own, as no other file holds times. What a
/// killed process did behind its last checkpoint is done again, and counts once.
struct TrainingTimes: Sendable {
  /// Seconds of the steps of each epoch that was begun, by its number from 0; evaluation and saving
  /// are left out.
  private(set) var epochs: [Int: Double] = [:]
  /// Seconds of earlier processes, everything included.
  private var earlier = 0.0
  private let start = ContinuousClock.now

  private static let name = "times.json"

  init() {}

  /// Seconds so far, everything included.
  var seconds: Double { earlier + (ContinuousClock.now - start) / .seconds(1) }

  /// Seconds of all steps, without evaluation and saving.
  var stepSeconds: Double { epochs.values.reduce(0, +) }

  /// Counts a step.
  mutating func add(_ seconds: Double, epoch: Int) { epochs[epoch, default: 0] += seconds }

  /// Writes what is counted into the folder of a checkpoint.
  func write(to folder: String) throws(FileError) {
    let json: JSONValue = ["seconds": .real(seconds), "epochs": epochsJSON]
    try AtomicFile.write(json.prettyText.utf8, to: "\(folder)/\(Self.name)")
  }

  /// What a checkpoint counted; nothing where it is of an older build.
  init(checkpoint folder: String) {
    guard let bytes = try? FileReader.contents("\(folder)/\(Self.name)"),
      let json = try? JSONValue.parse(bytes)
    else { return }
    earlier = json["seconds"]?.double ?? 0
    for entry in json["epochs"]?.array ?? [] {
      guard let epoch = entry["epoch"]?.int, let seconds = entry["seconds"]?.double else {
        continue
      }
      epochs[epoch - 1] = seconds
    }
  }

  /// A list of epochs from 1, each with its seconds.
  var epochsJSON: JSONValue {
    .array(
      epochs.sorted { $0.key < $1.key }.map { epoch, seconds in
        ["epoch": .integer(epoch + 1), "seconds": .real(seconds)]
      })
  }
}
