/// How the values of a column are stored.
enum PhysicalType: Int, Sendable {
  case boolean = 0
  case int32, int64, int96, float, double, bytes, fixed

  /// The bytes of a value in the plain encoding; nil where values differ, or are bits.
  func width(length: Int) -> Int? {
    switch self {
    case .int32, .float: 4
    case .int64, .double: 8
    case .int96: 12
    case .fixed: length
    case .boolean, .bytes: nil
    }
  }
}

/// How the pages of a column are compressed.
enum Codec: Int, Sendable {
  case none = 0
  case snappy, gzip, lzo, brotli, lz4, zstd, lz4Raw

  /// The codec as the format's documents spell it.
  var name: String {
    switch self {
    case .none: "UNCOMPRESSED"
    case .snappy: "SNAPPY"
    case .gzip: "GZIP"
    case .lzo: "LZO"
    case .brotli: "BROTLI"
    case .lz4: "LZ4"
    case .zstd: "ZSTD"
    case .lz4Raw: "LZ4_RAW"
    }
  }
}

/// How the values of a page are encoded.
enum Encoding: Int, Sendable {
  case plain = 0
  case plainDictionary = 2
  case runs, packed, delta, deltaLength, deltaBytes, dictionary, byteStreamSplit
}

/// Whether a field is there once, at most once, or any number of times.
enum Repetition: Int, Sendable {
  case required = 0
  case optional, repeated
}

/// How fine a time is counted.
enum TimeUnit: Int, Sendable {
  case milliseconds = 1
  case microseconds, nanoseconds

  /// Parts of a second.
  var parts: Int {
    switch self {
    case .milliseconds: 1000
    case .microseconds: 1_000_000
    case .nanoseconds: 1_000_000_000
    }
  }

  /// Digits behind the decimal point of a second.
  var digits: Int { 3 * rawValue }
}

/// What the values of a field mean.
enum Meaning: Sendable, Equatable {
  case plain, text, map, list, json, date, uuid, half, unknown
  case decimal(scale: Int)
  case time(TimeUnit)
  case timestamp(TimeUnit, utc: Bool)
  case unsigned
  /// Bytes that are no text, such as BSON.
  case binary
  case unsupported(String)

  /// Whether values of a type can mean this; the rest is read as what it is stored as.
  func fits(_ type: PhysicalType) -> Bool {
    switch self {
    case .date, .time(.milliseconds): type == .int32
    case .time, .timestamp: type == .int64
    default: true
    }
  }
}
