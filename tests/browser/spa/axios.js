axios.interceptors.response.use(undefined, async (error) => {
  const problem = error.response?.data;
  if (problem?.type !== "urn:mfakit:problem:step-up-required") throw error;
  if (!(await client.confirm(problem))) throw error;
  return axios(error.config);
});
