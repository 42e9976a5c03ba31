/// The random numbers of torch's generator on a CPU: MT19937 (Matsumoto, Nishimura 1998), for files that give a
/// seed in the place of what was drawn.
struct TorchRandom {
  private var state: [UInt32]
  private var next = 624

  init(seed: UInt32) {
    state = [seed]
    for index in 1..<624 {
      let last = state[index - 1]
      state.append(1_812_433_253 &* (last ^ last >> 30) &+ UInt32(index))
    }
  }

  /// The first numbers of a random order of those below a count, as `torch.randperm` draws it.
  mutating func permutation(_ count: Int, first: Int) -> [Int] {
    // What lies where it did not at first: few of the count.
    var moved: [Int: Int] = [:]
    return (0..<min(first, count)).map { index in
      let place = index + Int(draw()) % (count - index)
      let found = moved[place] ?? place
      moved[place] = moved[index] ?? index
      return found
    }
  }

  /// Numbers of a range, as `Tensor.uniform_` draws them.
  mutating func uniform(_ count: Int, _ range: Range<Float>) -> [Float] {
    (0..<count).map { _ in
      let share = Float(draw() & 0xFF_FFFF) / Float(1 << 24)
      return share * (range.upperBound - range.lowerBound) + range.lowerBound
    }
  }

  private mutating func draw() -> UInt32 {
    if next == 624 { twist() }
    var word = state[next]
    next += 1
    word ^= word >> 11
    word ^= word << 7 & 0x9D2C_5680
    word ^= word << 15 & 0xEFC6_0000
    return word ^ word >> 18
  }

  private mutating func twist() {
    for index in 0..<624 {
      let joined = state[index] & 0x8000_0000 | state[(index + 1) % 624] & 0x7FFF_FFFF
      state[index] =
        state[(index + 397) % 624] ^ joined >> 1 ^ (joined & 1 == 0 ? 0 : 0x9908_B0DF)
    }
    next = 0
  }
}
