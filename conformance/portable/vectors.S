// The packed vectors as data: the assembler puts them in, for any machine.
#ifdef _WIN32
  .section .rdata, "dr"
#else
  .section .note.GNU-stack, "", %progbits
  .section .rodata
#endif
  .globl vector_bytes
  .globl vector_bytes_end
vector_bytes:
  .incbin VECTORS
vector_bytes_end:
