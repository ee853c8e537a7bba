internal import Glibc

/// A fixed range of memory that begins as zeros and costs nothing until it is touched.
///
/// Unsafe file. Sound because:
/// 1. `base` is mapped here once and unmapped once, in `deinit`; the range is noncopyable.
/// 2. The kernel hands out zeros, so every byte is initialised from the start.
/// 3. Only ``Pool`` reaches `base`, and checks every index.
@safe package struct ZeroedMemory: ~Copyable, @unchecked Sendable {
  // Sendable: the one owner may be on any thread, and there is never a second owner.

  /// The first byte, on a page boundary.
  package let base: UnsafeMutableRawPointer
  /// How many bytes there are, at least 1.
  package let byteCount: Int
  private let isDense: Bool

  /// Reserves `byteCount` bytes of address space; at least one.
  ///
  /// - Parameter isDense: Whether memory may come in large pages.
  package init(byteCount: Int, isDense: Bool = false) {
    self.byteCount = max(byteCount, 1)
    self.isDense = isDense
    let mapped = unsafe mmap(
      nil, self.byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
      0)
    guard let mapped = unsafe mapped, UInt(bitPattern: mapped) != UInt.max else {
      preconditionFailure("no address space left for \(byteCount) bytes")
    }
    unsafe base = mapped
    // Only advice: a kernel without large pages does as well, slower.
    if isDense, byteCount >= 2 << 20 { _ = unsafe madvise(mapped, byteCount, MADV_HUGEPAGE) }
  }

  deinit { unsafe munmap(base, byteCount) }

  /// Returns a copy whose first `used` bytes equal these, without touching pages that hold zeros.
  package func copy(first used: Int) -> ZeroedMemory {
    precondition(used >= 0 && used <= byteCount, "a copy is of bytes that are there")
    let copy = ZeroedMemory(byteCount: byteCount, isDense: isDense)
    let page = 4096
    for start in stride(from: 0, to: used, by: page) {
      let count = min(page, used - start)
      // The copy's page is zeros still, and stays unallocated while it is only read.
      guard unsafe memcmp(base + start, copy.base + start, count) != 0 else { continue }
      unsafe (copy.base + start).copyMemory(from: base + start, byteCount: count)
    }
    return copy
  }
}
