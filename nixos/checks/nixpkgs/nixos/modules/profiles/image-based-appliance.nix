# Its options are among the stubs.
{ }
