"""UPS-RS, the worklist of DICOMweb (PS3.18 section 11); questions in it become jobs."""
