package import Records

/// Which records each epoch takes of the parts of a training side.
///
/// Each part is an endless stream: all its records in a random order, then all of them in another one,
/// and so on. An epoch takes from each stream as many as its share is, where the epoch before left off.
/// So no record comes again before all others of its part have come, and after any number of epochs each
/// has come as often as any other of its part, or once more. What an epoch takes is a function of
/// (seed, epoch, parts) alone: whoever goes on from a checkpoint has nothing to restore.
package struct Mixture: Sendable, CustomStringConvertible {
  /// A part of the training side.
  package struct Part: Sendable, Equatable {
    package let name: String
    /// The places of its records on the training side.
    package let places: [Int]
    /// How many records an epoch takes of it.
    package let perEpoch: Int
    /// Its share of an epoch.
    package let share: Double
  }

  /// The parts, in the order in which their first records stand.
  package let parts: [Part]
  private let seed: UInt64

  /// - Parameter names: The part of each record of the training side.
  /// - Throws: `TrainingError` where parts and weights do not fit each other.
  package init(
    _ options: MixtureOptions, parts names: [String], seed: UInt64
  ) throws(TrainingError) {
    var places: [(name: String, places: [Int])] = []
    var numbers: [String: Int] = [:]
    for (place, name) in names.enumerated() {
      let number = numbers[name] ?? places.count
      if number == places.count {
        numbers[name] = number
        places.append((name, []))
      }
      places[number].places.append(place)
    }
    let weights = try options.weights(of: places.map { ($0.name, $0.places.count) })
    guard places.count > 1 else {
      throw TrainingError(
        "a mixture is of several parts; all training records are of the "
          + "\(options.by.noun) '\(places.first?.name ?? "")'",
        remedy: "add another, write what else tells parts apart (by: …), or leave mixture out")
    }
    let counts = try MixtureCounts.checked(
      MixtureCounts.perEpoch(
        records: places.map(\.places.count), weights: weights, until: options.until),
      names: places.map(\.name))
    let sum = counts.reduce(0, +)
    parts = zip(places, counts).map { part, count in
      Part(
        name: part.name, places: part.places, perEpoch: count,
        share: Double(count) / Double(sum))
    }
    self.seed = seed
  }

  /// How many records an epoch takes in all.
  package var recordsPerEpoch: Int { parts.reduce(0) { $0 + $1.perEpoch } }

  /// How often an epoch takes each record of the training side, in the mean of all epochs.
  package var perEpoch: [Double] {
    var taken = [Double](repeating: 0, count: parts.reduce(0) { $0 + $1.places.count })
    for part in parts {
      let rate = Double(part.perEpoch) / Double(part.places.count)
      for place in part.places { taken[place] = rate }
    }
    return taken
  }

  /// The places of the records of an epoch, part by part; one may come several times.
  package func places(ofEpoch epoch: Int) -> [Int] {
    parts.flatMap { places(of: $0, epoch) }
  }

  private func places(of part: Part, _ epoch: Int) -> [Int] {
    let size = part.places.count
    let end = (epoch + 1) * part.perEpoch
    var taken: [Int] = []
    var position = epoch * part.perEpoch
    while position < end {
      let (pass, offset) = position.quotientAndRemainder(dividingBy: size)
      let count = min(size - offset, end - position)
      taken += order(of: part, pass: pass)[offset..<offset + count]
      position += count
    }
    return taken
  }

  /// The order in which a pass goes through a part.
  private func order(of part: Part, pass: Int) -> [Int] {
    // A name may hold any sign; the number behind the last one is the pass.
    var random = CounterRandom(
      seed: seed, purpose: "train.mixture", record: "\(part.name)#\(pass)")
    return part.places.shuffled(using: &random)
  }

  /// A number that changes when any record is of another part, or an epoch takes another number of one.
  var fingerprint: UInt64 {
    parts.reduce(UInt64(parts.count)) { hash, part in
      let text = "\(part.name) \(part.perEpoch) \(part.places)"
      return StableHash.hash(text, seed: hash)
    }
  }

  // MARK: - Telling

  /// The parts in one line.
  package var description: String {
    let texts = parts.map { part in
      let percent = (part.share * 1000).rounded() / 10
      return
        "\(part.perEpoch) from the \(part.places.count) of \(part.name) (\(percent) %)"
    }
    return "an epoch takes \(recordsPerEpoch) records: " + texts.joined(separator: ", ")
  }

  /// The parts under their names, with how many records there are and how many an epoch takes.
  package var json: JSONValue {
    .object(
      JSONObject(
        parts.map { part in
          (
            part.name,
            ["records": .integer(part.places.count), "per_epoch": .integer(part.perEpoch)]
          )
        }))
  }
}
