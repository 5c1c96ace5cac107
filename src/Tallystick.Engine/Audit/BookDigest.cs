using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tallystick.Engine.Audit;

/// <summary>
/// SHA-256 over all chains, the projects' own first, then the accounts' by number (which follows from project and
/// account id): length and bytes of the refolded state, under the head of its entries' semantic form. Free text, trace
/// ids, hashes of secrets, seals and batch boundaries are no part of it: equal histories give equal digests on every
/// store.
/// </summary>
internal sealed class BookDigest : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _length = new byte[8];

    public void Add(IEnumerable<RefoldedChain> chains)
    {
        foreach (var chain in chains)
        {
            if (chain.State is null) continue;
            var bytes = chain.State.Semantic(chain.SemanticHead).Encode();
            BinaryPrimitives.WriteInt64BigEndian(_length, bytes.Length);
            _hash.AppendData(_length);
            _hash.AppendData(bytes);
        }
    }

    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());
    public void Dispose() => _hash.Dispose();
}
