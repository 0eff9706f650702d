"""Writes the lz4-linked*.hex files beside it; needs lz4 4.4.5."""

import lz4.frame

text = b'0123456789abcdef' * 40
raw = text + bytes(70_000) + text
for name, options in {
    'lz4-linked': dict(store_size=True, content_checksum=True),
    'lz4-linked-checksums': dict(store_size=False, block_checksum=True),
}.items():
    packed = lz4.frame.compress(raw, block_linked=True, block_size=4, **options).hex()
    with open(f'{name}.hex', 'w') as file:
        file.write(f'# {options}; written by python-lz4 4.4.5\n')
        for at in range(0, len(packed), 80):
            file.write(packed[at:at + 80] + ('  frame\n' if at == 0 else '\n'))
